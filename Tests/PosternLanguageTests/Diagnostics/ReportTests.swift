// Whole reports, byte for byte.

import Testing

@testable import PosternLanguage

@Suite("Reports")
struct ReportTests {
  static let files = [
    SourceFile(
      path: "finance/payroll.yaml",
      bytes: Array("kind: App\nsession:\n  idleTimeuot: 15m\n  revalidate: 90\n  revalidate: 2m\n".utf8)),
    SourceFile(path: "groups 1.yaml", bytes: Array("名前: 日本語 \u{7}\n\tx: e\u{301}e\u{301} bad\n".utf8)),
  ]

  static func span(_ file: Int32, _ line: Int32, _ start: Int32, _ end: Int32, endLine: Int32? = nil) -> Span {
    Span(fileIndex: file, startLine: line, startColumn: start, endLine: endLine ?? line, endColumn: end)
  }

  /// Not in the order of the files.
  static let diagnostics: [Diagnostic] = [
    .controlCharacter(7, at: span(1, 1, 9, 10)),
    .unknownValue("bad", known: ["good", "better"], at: span(1, 2, 10, 13)),
    .duplicateKey("revalidate", at: span(0, 5, 3, 13), first: span(0, 4, 3, 13)),
    .badDuration("90", .missingUnit("90", isAlone: true), at: span(0, 4, 15, 17)),
    .unknownKey("idleTimeuot", of: "Session", known: ["idleTimeout", "revalidate"], at: span(0, 3, 3, 14)),
    Diagnostic(warning: "a-warning", "the mapping says nothing", at: span(0, 3, 3, 17, endLine: 5)),
    .emptyTree("policies"),
  ]

  static let report = Report(diagnostics, files: files, pathPrefix: "policies/")

  @Test("a report for people is in file order and underlines what it speaks of")
  func text() {
    #expect(
      Self.report.text() == """
        error[empty-tree]: no policy file in `policies`
        = help: policy files end in `.yaml`, `.yml` or `.json`; names that begin with a dot are skipped

        error[unknown-key]: unknown key `idleTimeuot` in Session
         --> policies/finance/payroll.yaml:3:3
          |
        3 |   idleTimeuot: 15m
          |   ^^^^^^^^^^^
          = help: did you mean `idleTimeout`?

        warning[a-warning]: the mapping says nothing
         --> policies/finance/payroll.yaml:3:3
          |
        3 |   idleTimeuot: 15m
          |   ^^^^^^^^^^^^^^^^

        error[bad-duration]: `90` has a number without a unit
         --> policies/finance/payroll.yaml:4:15
          |
        4 |   revalidate: 90
          |               ^^
          = help: write its unit, as in `90s` or `90m`

        error[duplicate-key]: the key `revalidate` is written twice
         --> policies/finance/payroll.yaml:5:3
          |
        5 |   revalidate: 2m
          |   ^^^^^^^^^^
          = help: keep one of the two
        note: first written here
         --> policies/finance/payroll.yaml:4:3
          |
        4 |   revalidate: 90
          |   ----------

        error[control-character]: the character U+0007 is a control character
         --> policies/groups 1.yaml:1:9
          |
        1 | 名前: 日本語 �
          |              ^
          = help: remove it; readers of the file cannot see it, or see something else than the compiler does

        error[unknown-value]: `bad` is none of the values that may stand here
         --> policies/groups 1.yaml:2:10
          |
        2 |     x: éé bad
          |           ^^^
          = help: the values are `good`, `better`

        6 errors, 1 warning

        """)
  }

  @Test("a report in colour is the same text with escapes")
  func color() {
    let one = Report([Self.diagnostics[2]], files: Self.files)
    #expect(
      one.text(isColored: true).replacing("\u{1B}", with: "ESC") == """
        ESC[1;31merror[duplicate-key]ESC[0m: the key `revalidate` is written twice
         ESC[1;34m-->ESC[0m finance/payroll.yaml:5:3
          ESC[1;34m|ESC[0m
        ESC[1;34m5ESC[0m ESC[1;34m|ESC[0m   revalidate: 2m
          ESC[1;34m|ESC[0m ESC[1;31m  ^^^^^^^^^^ESC[0m
          ESC[1;36m= help:ESC[0m keep one of the two
        ESC[1;36mnote:ESC[0m first written here
         ESC[1;34m-->ESC[0m finance/payroll.yaml:4:3
          ESC[1;34m|ESC[0m
        ESC[1;34m4ESC[0m ESC[1;34m|ESC[0m   revalidate: 90
          ESC[1;34m|ESC[0m ESC[1;36m  ----------ESC[0m

        1 error

        """)
  }

  @Test("a report as JSON has every part of a diagnostic")
  func json() {
    let report = Report([Self.diagnostics[2], Self.diagnostics[6]], files: Self.files)
    #expect(
      report.json.prettyText == """
        {
          "diagnostics": [
            {
              "id": "empty-tree",
              "severity": "error",
              "message": "no policy file in `policies`",
              "help": "policy files end in `.yaml`, `.yml` or `.json`; names that begin with a dot are skipped",
              "notes": []
            },
            {
              "id": "duplicate-key",
              "severity": "error",
              "message": "the key `revalidate` is written twice",
              "place": {
                "file": "finance/payroll.yaml",
                "startLine": 5,
                "startColumn": 3,
                "endLine": 5,
                "endColumn": 13
              },
              "help": "keep one of the two",
              "notes": [
                {
                  "message": "first written here",
                  "place": {
                    "file": "finance/payroll.yaml",
                    "startLine": 4,
                    "startColumn": 3,
                    "endLine": 4,
                    "endColumn": 13
                  }
                }
              ]
            }
          ],
          "errorCount": 2,
          "warningCount": 0
        }

        """)
  }

  @Test("a report as SARIF has a rule for each id and a result for each diagnostic")
  func sarif() {
    let report = Report([Self.diagnostics[2], Self.diagnostics[0]], files: Self.files, pathPrefix: "policies/")
    #expect(
      report.sarif(version: "0.1.0").prettyText == """
        {
          "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
          "version": "2.1.0",
          "runs": [
            {
              "tool": {
                "driver": {
                  "name": "postern",
                  "version": "0.1.0",
                  "rules": [
                    {
                      "id": "control-character",
                      "shortDescription": {
                        "text": "A file holds a character that its readers cannot see."
                      },
                      "help": {
                        "text": "A file holds a character that its readers cannot see. Run `postern explain control-character` for an example and its correction."
                      }
                    },
                    {
                      "id": "duplicate-key",
                      "shortDescription": {
                        "text": "A mapping has the same key twice."
                      },
                      "help": {
                        "text": "A mapping has the same key twice. Run `postern explain duplicate-key` for an example and its correction."
                      }
                    }
                  ]
                }
              },
              "columnKind": "unicodeCodePoints",
              "results": [
                {
                  "ruleId": "duplicate-key",
                  "ruleIndex": 1,
                  "level": "error",
                  "message": {
                    "text": "the key `revalidate` is written twice; keep one of the two"
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "policies/finance/payroll.yaml"
                        },
                        "region": {
                          "startLine": 5,
                          "startColumn": 3,
                          "endLine": 5,
                          "endColumn": 13
                        }
                      }
                    }
                  ],
                  "relatedLocations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "policies/finance/payroll.yaml"
                        },
                        "region": {
                          "startLine": 4,
                          "startColumn": 3,
                          "endLine": 4,
                          "endColumn": 13
                        }
                      },
                      "message": {
                        "text": "first written here"
                      }
                    }
                  ]
                },
                {
                  "ruleId": "control-character",
                  "ruleIndex": 0,
                  "level": "error",
                  "message": {
                    "text": "the character U+0007 is a control character; remove it; readers of the file cannot see it, or see something else than the compiler does"
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "policies/groups%201.yaml"
                        },
                        "region": {
                          "startLine": 1,
                          "startColumn": 9,
                          "endLine": 1,
                          "endColumn": 10
                        }
                      }
                    }
                  ]
                }
              ]
            }
          ]
        }

        """)
  }

  @Test("nothing found is said in words")
  func nothing() {
    #expect(Report([], files: []).text() == "no mistakes\n")
  }

  @Test("a long line is cut on both sides of the mistake")
  func longLine() {
    let line = String(repeating: "a", count: 300) + "MISTAKE" + String(repeating: "b", count: 300)
    let shown = ShownLine(Array(line.utf8)[...], startColumn: 301, endColumn: 308)
    let (before, after) = (String(repeating: "a", count: 40), String(repeating: "b", count: 73))
    #expect(shown.text == "...\(before)MISTAKE\(after)...")
    #expect([shown.markOffset, shown.markWidth] == [43, 7])
  }

  @Test("a place past the end of its line is underlined once, after the line")
  func pastTheEnd() {
    let shown = ShownLine(Array("ab".utf8)[...], startColumn: 3, endColumn: 4)
    #expect([shown.markOffset, shown.markWidth] == [2, 1])
  }

  @Test("diagnostics of one place keep the order in which they were found")
  func stability() {
    let place = Self.span(0, 1, 1, 2)
    let found = (0..<50).map { Diagnostic(error: "id-\($0)", "", at: place) }
    #expect(Report(found, files: Self.files).diagnostics == found)
  }
}
