package conformance

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
)

var (
	update            = flag.Bool("update", false, "write HAProxy's transcripts into the cases")
	updateDifferences = flag.Bool("update-differences", false, "write Tidelock's transcripts into the lists of differences, for cases that are listed")
)

var haproxy, tidelock string // paths of the programs, "" for one that is not there

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(testMain(m))
}

func testMain(m *testing.M) int {
	folder, err := os.MkdirTemp("", "conformance")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	if tidelock, err = buildTidelock(folder, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "building tidelock:", err)
		return 1
	}
	haproxy = findHAProxy()
	// Cases wait more than they compute.
	if !isSet("test.parallel") {
		flag.Set("test.parallel", "8")
	}
	return m.Run()
}

func isSet(name string) bool {
	set := false
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}

// TestConformance runs <area>/<case>/<program>.
func TestConformance(t *testing.T) {
	areas, err := filepath.Glob("testdata/*")
	if err != nil || len(areas) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, folder := range areas {
		if isFolder(folder) {
			t.Run(filepath.Base(folder), func(t *testing.T) { testArea(t, folder) })
		}
	}
}

func testArea(t *testing.T, folder string) {
	cases, differences := loadArea(t, folder)
	changed := map[string]string{}
	var mu sync.Mutex
	if *updateDifferences && len(differences) > 0 {
		t.Cleanup(func() { // after the parallel cases
			if err := acceptDifferences(folder, changed); err != nil {
				t.Error(err)
			}
		})
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			t.Run("haproxy", func(t *testing.T) {
				if haproxy == "" || testing.Short() && !*update {
					t.Skip("only Tidelock, against what HAProxy once answered")
				}
				t.Parallel()
				testHAProxy(t, c)
			})
			t.Run("tidelock", func(t *testing.T) {
				if *update {
					t.Skip("transcripts are being written")
				}
				t.Parallel()
				d, listed := differences[c.name]
				transcript := testTidelock(t, c, d, listed)
				if listed {
					mu.Lock()
					changed[c.name] = transcript
					mu.Unlock()
				}
			})
		})
	}
}

// play runs a case and fails the test when it does not come to its end.
func play(t *testing.T, c *testCase, program string) string {
	t.Helper()
	transcript, output, err := c.play(program)
	if err != nil {
		t.Errorf("%s: %v\ntranscript so far:\n%s", c.path, err, transcript)
	}
	t.Cleanup(func() {
		if t.Failed() && len(output) > 0 {
			t.Logf("what the program wrote:\n%s", output)
		}
	})
	return transcript
}

// playUntil plays a case, and once more where that does not give what is expected: on a machine with much to do, the
// connection by which the runner saw that the program listens may still be counted among those of the case. That it
// took a second attempt is logged.
func playUntil(t *testing.T, c *testCase, program, expected string) string {
	t.Helper()
	transcript := play(t, c, program)
	if t.Failed() || transcript == expected || *update || *updateDifferences {
		return transcript
	}
	t.Logf("%s: played again, since the first attempt differed:\n%s", c.path, compare("expected", expected, "first", transcript))
	return play(t, c, program)
}

func testHAProxy(t *testing.T, c *testCase) {
	transcript := playUntil(t, c, haproxy, c.expect)
	if t.Failed() || transcript == c.expect {
		return
	}
	if *update {
		if err := c.accept(transcript); err != nil {
			t.Error(err)
		}
		return
	}
	t.Errorf("HAProxy does not answer what %s expects:\n%s", c.path, compare("expected", c.expect, "HAProxy", transcript))
}

// testTidelock compares with what the case expects, or with the entry of the list of differences.
func testTidelock(t *testing.T, c *testCase, d difference, listed bool) string {
	expected := c.expect
	if listed {
		expected = d.transcript
	}
	transcript := playUntil(t, c, tidelock, expected)
	switch {
	case t.Failed() || *updateDifferences && listed:
	case listed && transcript == c.expect:
		t.Errorf("%s no longer differs: remove it from %s", c.path, differencesFile)
	case listed && transcript != d.transcript:
		t.Errorf("%s differs in another way than %s says:\n%s", c.path, differencesFile, compare("listed", d.transcript, "Tidelock", transcript))
	case !listed && transcript != c.expect:
		t.Errorf("%s:\n%s", c.path, compare("HAProxy", c.expect, "Tidelock", transcript))
	}
	return transcript
}

func compare(oldName, old, newName, new string) []byte {
	return diff.Diff(oldName, []byte(old), newName, []byte(new))
}
