internal import ArgumentParser

@main struct Postern: ParsableCommand {}
