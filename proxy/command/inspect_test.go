package command

import (
	"regexp"
	"testing"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/runtime"
)

func TestInspection(t *testing.T) {
	tests := []struct{ line, want string }{
		{"show activity", `(?m)^ctxsw: \d+\naccepted: 0$`},
		{"show fd", `(?m)^ +0 : file=`},
		{"show fd 0", `^ +0 : file=.*\n\n$`},
		{"show libs", `^0x[0-9a-f]+-0x[0-9a-f]+ \(0x[0-9a-f]+\) /`},
		{"show pools", `(?s) +- Pool size\d+ \(\d+ bytes\) : \d+ allocated .*Total: \d+ pools, \d+ bytes allocated, \d+ used`},
		{"show tasks", `(?m)^Running tasks: \d+ \(\d+ threads\)$`},
		{"show startup-logs", `^so\n\n$`},
	}
	commands := Inspection(new(counter.Process), func() string { return "so" })
	for _, tc := range tests {
		t.Run(tc.line, func(t *testing.T) {
			if got := ask(t, runtime.Operator, commands, tc.line); !regexp.MustCompile(tc.want).MatchString(got) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func Test_leadingNumber(t *testing.T) {
	for text, want := range map[string]int{"": 0, "x": 0, "12x": 12, "-3": -3, "1-2": 1, "99999999999": 1<<31 - 1} {
		if got := leadingNumber(text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

func Test_age(t *testing.T) {
	for seconds, want := range map[int]string{0: "0s", 59: "59s", 60: "1m0s", 3661: "1h1m", 90000: "1d1h"} {
		if got := age(time.Duration(seconds) * time.Second); got != want {
			t.Errorf("%d: got %s, want %s", seconds, got, want)
		}
	}
}
