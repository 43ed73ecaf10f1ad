// The command line: one command a file. Ends with the exit statuses of docs, and no others.

internal import ArgumentParser

@main struct Postern: ParsableCommand {}
