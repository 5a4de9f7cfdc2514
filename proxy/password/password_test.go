package password

import (
	"strings"
	"testing"
)

// What Debian's crypt(3) made of "secret", and of two others.
var known = []struct{ name, encrypted, clear string }{
	{"MD5", "$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1", "secret"},
	{"SHA-256", "$5$abcdefghijklmnop$i7zHaTeYqXlesRXJ8dXj6o.MEFQdzfIJpJpcWAtszs6", "secret"},
	{"SHA-512 with rounds", "$6$rounds=1500$abcdefgh$syvtMLFsWsXCpuRPQUwd44b7UM3XmyR5rUqBGVm3nds8aNPU1AsM0TlMXHji8q4Hr8QD7qQ76ry1zJ/Yl5jw.1", "secret"},
	{"empty", "$6$x$QSmr1Bx2g4O6BzKvdkgOcyU6H91X6I/XBv5pSalMhSPkwdH6Beo3F455xZJg0v//bxVK5F4OE5k1.0xuR26MK0", ""},
	{"longest", "$6$abc$ih9MLXzdBdejhxiNARhJC1fLdFQzFfgdxxbuoTIgOIAv21s5ek4cUlGdNonKnOhCL2roZzZOzcCtbkFyZLp651", strings.Repeat("x", longest)},
	{"yescrypt", "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$GmcwIgvdUC9qLWcKCi6gklUa1dM3ziD43YxYNURLKy0", "secret"},
	{"bcrypt 2b", "$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a", "secret"},
	{"bcrypt 2y", "$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a", "secret"},
}

func TestMatches(t *testing.T) {
	for _, tc := range known {
		t.Run(tc.name, func(t *testing.T) {
			if err := Check(tc.encrypted); err != nil {
				t.Error(err)
			}
			if !Matches(tc.encrypted, tc.clear) {
				t.Error("the password does not match")
			}
			for _, wrong := range []string{tc.clear + "x", "Secret", strings.Repeat("y", 10_000)} {
				if Matches(tc.encrypted, wrong) {
					t.Errorf("%.20q matches", wrong)
				}
			}
		})
	}
}

func TestMatches_Errors(t *testing.T) {
	for _, encrypted := range []string{
		"", "secret", "$", "$$", "$1", "$1$", "$5$", "$6$rounds=$a$b", "$6$rounds=x$a$b", "$6$a$b", "$9$a$b", "$2b$", "$2b$99$abc", "$y$", "$y$j9T", "$y$j9T$", "$y$jzz$a$b",
		"abNANd1rDfiNc", "*0",
	} {
		t.Run(encrypted, func(t *testing.T) {
			if Matches(encrypted, "secret") || Matches(encrypted, "") {
				t.Error("matches")
			}
		})
	}
}

func TestCheck_Errors(t *testing.T) {
	for _, encrypted := range []string{"", "secret", "$", "$9$a$b", "abNANd1rDfiNc", "1"} {
		if Check(encrypted) == nil {
			t.Errorf("%q is accepted", encrypted)
		}
	}
}
