// Package conformance compares Tidelock with HAProxy. A case is one file: a configuration, a script of what clients, servers
// and operators do, and the transcript of what HAProxy answered. The test runs every case against both programs, started
// with the same command line, and shows where the bytes differ. README.md describes the files; the package has no code
// outside its test.
package conformance
