package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	goleak.VerifyTestMain(m)
}

// write makes a configuration file.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const valid = "frontend www\n mode http\n timeout client 1s\n bind 127.0.0.1:18080\n"

var processNumber = regexp.MustCompile(`\(\d+\)`)

func Test_doMain(t *testing.T) {
	good := write(t, "good.cfg", valid)
	bad := write(t, "bad.cfg", "frontend www\n bnd :80\n mode htp\n")
	warned := write(t, "warned.cfg", "frontend www\n mode http\n bind 127.0.0.1:18080\n")
	silent := write(t, "silent.cfg", "backend b\n mode http\n")
	scripted := write(t, "scripted.cfg", "global\n lua-load nosuch.lua\n"+valid)
	settings := write(t, "settings.yaml", "log-level: debug\nisolaton: script\n")
	alerts := "[ALERT]    (P) : config : parsing [" + bad + ":2] : unknown keyword 'bnd' in 'frontend' section; did you mean 'bind' maybe ?\n" +
		"[ALERT]    (P) : config : parsing [" + bad + ":3] : unknown proxy mode 'htp'.\n" +
		"[ALERT]    (P) : config : Error(s) found in configuration file : " + bad + "\n" +
		"[ALERT]    (P) : config : Fatal errors found in configuration.\n"
	noListener := "Configuration file has no error but will not start (no listener) => exit(2).\n"

	tests := []struct {
		name           string
		args           []string
		status         int
		stdout, stderr string // whole, or a part when it starts with "..."
	}{
		{"version", []string{"tidelock", "version"}, 0, "...(HAProxy 2.6.12)", ""},
		{"unknown command", []string{"tidelock", "serve"}, 1, "", "tidelock: unknown command \"serve\" for \"tidelock\"\n"},
		{"no file", []string{"tidelock", "check"}, 1, "", "tidelock: expected a configuration, as in 'tidelock check -f haproxy.cfg'\n"},
		{"mistyped flag", []string{"tidelock", "check", "--fiel", "x"}, 1, "", "tidelock: unknown flag: --fiel; did you mean --file?\n"},
		{"unknown flag", []string{"tidelock", "check", "--bogus"}, 1, "",
			"tidelock: unknown flag: --bogus; 'tidelock check --help' lists them\n"},
		{"flag without a value", []string{"tidelock", "run", "-f"}, 1, "",
			"tidelock: flag needs an argument: 'f' in -f; 'tidelock run --help' lists them\n"},
		{"too few arguments", []string{"tidelock", "script", "run"}, 1, "",
			"tidelock: requires at least 1 arg(s), only received 0: expected 'tidelock script run FILE [ARGUMENT...] [flags]'\n"},
		{"check valid", []string{"tidelock", "check", "-f", good}, 0, "Configuration file is valid\n", ""},
		{"check invalid", []string{"tidelock", "check", "-f", bad}, 1, "", alerts},
		{"check with warnings", []string{"tidelock", "check", "-f", warned}, 0, "Warnings were found.\nConfiguration file is valid\n",
			"...missing timeouts for frontend 'www'."},
		{"check without listener", []string{"tidelock", "check", "-f", silent}, 2, noListener, ""},
		{"check two files", []string{"tidelock", "check", "-f", silent, "-f", good}, 0, "Configuration file is valid\n", ""},
		{"check folder", []string{"tidelock", "check", "-f", filepath.Dir(good)}, 0, "Configuration file is valid\n", ""},
		{"missing file", []string{"tidelock", "check", "-f", "nosuch.cfg"}, 1, "",
			"[ALERT]    (P) : config : Cannot open configuration file/directory nosuch.cfg : No such file or directory\n"},
		{"missing script", []string{"tidelock", "check", "-f", scripted}, 1, "", "...scripted.cfg:2] : "},
		{"run invalid", []string{"tidelock", "run", "-f", bad}, 1, "", alerts},
		{"unknown setting", []string{"tidelock", "check", "-f", good, "--config", settings}, 1, "", "...settings.yaml:2: unknown setting 'isolaton'; did you mean 'isolation'?\n"},
		{"invalid setting", []string{"tidelock", "check", "-f", good, "--isolation", "none"}, 1, "",
			"tidelock: settings: --isolation: expected one of auto, registration, transaction, script, found 'none'\n"},
		{"completes settings", []string{"tidelock", "__complete", "run", "--isolation", "tr"}, 0, "...\ntransaction\n", "...ShellCompDirectiveNoFileComp"},
		{"completes outcomes", []string{"tidelock", "__complete", "trace", "--outcome", "k"}, 0, "...\nkilled\n", "...ShellCompDirectiveNoFileComp"},
		{"haproxy version", []string{"tidelock", "haproxy", "-v"}, 0, "...HAProxy version 2.6.12-tidelock-", ""},
		{"called as haproxy", []string{"/usr/sbin/haproxy", "-v"}, 0, "...HAProxy version 2.6.12-tidelock-", ""},
		{"haproxy check", []string{"haproxy", "-c", "-f", good}, 0, "Configuration file is valid\n", ""},
		{"haproxy check of files behind --", []string{"haproxy", "-c", "-db", "-W", "-dM0x50", "--", good}, 0, "Configuration file is valid\n", ""},
		{"haproxy check in a folder", []string{"haproxy", "-c", "-C", filepath.Dir(good), "-f", "good.cfg"}, 0, "Configuration file is valid\n", ""},
		{"haproxy check invalid", []string{"haproxy", "-c", "-f", bad}, 1, "",
			"...path to executable is"},
		{"haproxy with a pidfile and a limit", []string{"haproxy", "-c", "-Ws", "-p", "/nosuch/pid", "-n", "10", "-L", "me", "-f", good}, 0,
			"Configuration file is valid\n", ""},
		{"haproxy limit that is no number", []string{"haproxy", "-n", "many", "-f", good}, 1, "", "...option '-n' expects a number"},
		{"haproxy quiet", []string{"haproxy", "-c", "-q", "-f", bad}, 1, "", alerts},
		{"haproxy quiet and valid", []string{"haproxy", "-c", "-q", "-f", good}, 0, "", ""},
		{"haproxy without files", []string{"haproxy", "-c"}, 1, "...HAProxy version", "...Usage : haproxy"},
		{"haproxy unknown option", []string{"haproxy", "-Z"}, 1, "...HAProxy version 2.6.12-tidelock-", "...Usage : haproxy"},
		{"haproxy process that is none", []string{"haproxy", "-f", good, "-sf", "x"}, 1, "", "...option '-sf' expects process numbers, but got 'x'"},
		{"haproxy option without argument", []string{"haproxy", "-f"}, 1, "...HAProxy version", "...Usage : haproxy"},
		{"haproxy features", []string{"haproxy", "-vv"}, 0, "... +LUA ", ""},
		{"haproxy without warnings", []string{"haproxy", "-c", "-dW", "-f", warned}, 1, "", "...Some warnings were found and 'zero-warning' is set. Aborting."},
		{"haproxy keywords", []string{"haproxy", "-dKall", "-f", good}, 1, "", "...option '-dKall' is not supported"},
		{"haproxy condition that holds", []string{"haproxy", "-cc", "version_atleast(2.6) && feature(LUA)"}, 0, "", ""},
		{"haproxy condition that does not", []string{"haproxy", "-cc", "feature(QUIC)"}, 1, "", ""},
		{"haproxy condition in error", []string{"haproxy", "-cc", "foo("}, 2, "",
			"[ALERT]    (P) : config : Failed to evaluate condition: unparsable conditional expression 'foo('\n"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Chdir(t.TempDir()) // -C must not change the folder of other tests
			var stdout, stderr bytes.Buffer
			status := doMain(tc.args, &stdout, &stderr)
			if status != tc.status {
				t.Errorf("status %d, want %d", status, tc.status)
			}
			expect(t, "stdout", stdout.String(), tc.stdout)
			expect(t, "stderr", processNumber.ReplaceAllString(stderr.String(), "(P)"), tc.stderr)
		})
	}
}

// expect compares an output with the whole that is wanted, or with a part of it behind "...".
func expect(t *testing.T, what, got, want string) {
	t.Helper()
	part, isPart := strings.CutPrefix(want, "...")
	if isPart && !strings.Contains(got, part) || !isPart && got != want {
		t.Errorf("%s: got\n%s\nwant\n%s", what, got, want)
	}
}
