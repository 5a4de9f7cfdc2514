package main

import (
	"os"
	"strings"
	"testing"
)

func TestCleanMappings(t *testing.T) {
	const file = "/usr/bin/proxy"
	entry := func(permissions, path, anonymous, swap string) string {
		return "00400000-00500000 " + permissions + " 00000000 fe:00 42                           " + path +
			"\nRss:                 512 kB\nPrivate_Dirty:       512 kB\nAnonymous:           " + anonymous +
			"\nSwap:                " + swap + "\nVmFlags: rd ex mr mw me \n"
	}
	tests := []struct {
		name, smaps string
		want        int
	}{
		{"code", entry("r-xp", file, "0 kB", "0 kB"), 1},
		{"constants", entry("r--p", file, "0 kB", "0 kB"), 1},
		{"both", entry("r-xp", file, "0 kB", "0 kB") + entry("r--p", file, "0 kB", "0 kB"), 2},
		{"variables", entry("rw-p", file, "0 kB", "0 kB"), 0},
		{"relocated", entry("r--p", file, "4 kB", "0 kB"), 0},
		{"relocated and swapped out", entry("r--p", file, "0 kB", "4 kB"), 0},
		{"a library", entry("r-xp", "/usr/lib/libc.so.6", "0 kB", "0 kB"), 0},
		{"a file of the same name elsewhere", entry("r-xp", "/mnt"+file, "0 kB", "0 kB"), 0},
		{"no file", entry("r--p", "", "0 kB", "0 kB"), 0},
		{"cut short", entry("r-xp", file, "0 kB", "0 kB")[:150], 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found := cleanMappings([]byte(test.smaps), file)
			if len(found) != test.want {
				t.Fatalf("found %d, want %d", len(found), test.want)
			}
			for _, m := range found {
				if m != (mapping{0x400000, 0x500000}) {
					t.Errorf("found %#x to %#x", m.start, m.end)
				}
			}
		})
	}
}

// TestDropCode goes on running after its own pages were dropped, and has fewer of them than before.
func TestDropCode(t *testing.T) {
	resident := func() string {
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			t.Skip(err)
		}
		_, rest, _ := strings.Cut(string(status), "RssFile:")
		line, _, _ := strings.Cut(rest, "\n")
		return strings.TrimSpace(line)
	}
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Skip(err)
	}
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		t.Skip(err)
	}
	if len(cleanMappings(maps, program)) == 0 {
		t.Fatal("nothing of the program can be dropped")
	}
	before := resident()
	dropCode()
	if after := resident(); after == before {
		t.Errorf("%s resident before and after", before)
	}
}
