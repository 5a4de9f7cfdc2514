package examples_test

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestConsole runs what the README of each example shows, on Tidelock and on HAProxy, and expects what it shows.
func TestConsole(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not installed: the examples' commands cannot be run")
	}
	readmes, err := filepath.Glob("*/README.md")
	if err != nil || len(readmes) < 2 {
		t.Fatalf("%d examples found: %v", len(readmes), err)
	}
	tidelock := filepath.Join(t.TempDir(), "tidelock")
	if out, err := exec.Command("go", "build", "-o", tidelock, "../cmd/tidelock").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	programs := map[string][]string{"tidelock": {tidelock, "haproxy"}}
	if haproxy, err := exec.LookPath("haproxy"); err == nil && !testing.Short() {
		programs["haproxy"] = []string{haproxy}
	}
	for _, readme := range readmes {
		if strings.HasPrefix(readme, "quickstart") {
			continue // its commands stand in the project's README, and have a test of their own
		}
		for name, program := range programs {
			t.Run(filepath.Dir(readme)+"/"+name, func(t *testing.T) {
				t.Parallel()
				runConsole(t, readme, program)
			})
		}
	}
}

// documentedPorts are those of the READMEs, and the variables by which configurations take others.
var documentedPorts = []struct{ port, variable string }{{"8080", "EXAMPLE_PORT"}, {"8081", "EXAMPLE_PORT2"}, {"8082", "EXAMPLE_PORT3"}}

func runConsole(t *testing.T, readme string, program []string) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	commands := consoleOf(t, string(text))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, program[0], append(program[1:], "-db", "-f", "haproxy.cfg")...)
	c.Dir, c.Env = filepath.Dir(readme), append(os.Environ(), "TIDELOCK_CACHE_FOLDER="+cache)
	ports := map[string]string{}
	for _, p := range documentedPorts {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ports[p.port] = port(l)
		l.Close()
		c.Env = append(c.Env, p.variable+"="+ports[p.port])
	}
	var output bytes.Buffer
	c.Stdout, c.Stderr = &output, &output
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		c.Process.Kill()
		c.Wait()
		if t.Failed() {
			t.Logf("the program says:\n%s", output.String())
		}
	}()
	waitForListener(t, "127.0.0.1:"+ports["8080"])
	for _, command := range commands {
		line := documentedAddress.ReplaceAllStringFunc(command.line, func(address string) string {
			return "127.0.0.1:" + ports[strings.TrimPrefix(address, "127.0.0.1:")]
		})
		shell := exec.CommandContext(ctx, "sh", "-c", line)
		shell.Env = append(os.Environ(), "no_proxy=*")
		shell.WaitDelay = time.Second
		got, err := shell.Output() // what curl says of its progress goes elsewhere
		if err != nil {
			t.Errorf("%s: %v", command.line, err)
		}
		if string(got) != command.want {
			t.Errorf("%s\n got %q\nwant %q", command.line, got, command.want)
		}
	}
}

var documentedAddress = regexp.MustCompile(`127\.0\.0\.1:808[0-2]`)

// shown is a command in a README with what it prints.
type shown struct{ line, want string }

// consoleOf returns the commands of the console block.
func consoleOf(t *testing.T, readme string) []shown {
	_, block, _ := strings.Cut(readme, "```console\n")
	block, _, found := strings.Cut(block, "```\n")
	var commands []shown
	for line := range strings.Lines(block) {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			commands = append(commands, shown{line: strings.TrimSpace(command)})
		} else if len(commands) > 0 {
			commands[len(commands)-1].want += line
		}
	}
	if !found || len(commands) == 0 {
		t.Fatal("the README has no console block")
	}
	return commands
}
