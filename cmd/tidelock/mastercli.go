package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/runtime"
	"tidelock/proxy/socket"
)

// openCLI listens on the addresses of -S: the runtime API of the master itself (management manual, section 9.4). The
// bind options of such an address are separated by commas; they are read as those of a stats socket.
func (m *master) openCLI(ctx context.Context) error {
	m.cli.Registry, m.cli.MaxConn = runtime.NewRegistry(), 10
	m.cli.Relay = &runtime.Relay{Find: m.find, Name: m.promptName}
	if err := m.cli.Registry.Add(m.commands()...); err != nil {
		return err
	}
	for _, option := range m.options.masterCLI {
		var diags syntax.Diagnostics
		text := "global\n stats socket " + strings.ReplaceAll(option, ",", " ") + "\n"
		environment := syntax.Condition{Environment: syntax.NewEnvironment(nil)}
		cfg := config.Parse([]syntax.Source{{Name: "-S", Text: []byte(text)}}, environment, &diags)
		if err := diags.Err(); err != nil {
			return fmt.Errorf("Cannot create the master CLI: %w", err)
		}
		for _, bind := range cfg.Global.Stats.Sockets {
			level, known := runtime.ParseLevel(bind.Level)
			if !known {
				level = runtime.Admin
			}
			l, err := socket.Listen(ctx, cliSocket(bind))
			if err != nil {
				return fmt.Errorf("Cannot create the master CLI: %s: %w", option, err)
			}
			go m.cli.Serve(l, runtime.Socket{Level: level, Severities: "none"}) // ends without an error when it is closed
		}
	}
	return nil
}

func cliSocket(bind config.Bind) socket.Options {
	o := socket.Options{Network: bind.Address.Network, Address: bind.Address.Path, Permission: bind.Permission, UID: bind.UID, GID: bind.GID}
	if o.Network != "unix" {
		o.Address = net.JoinHostPort(bind.Address.Host, strconv.Itoa(bind.Address.Port))
	}
	return o
}

// commands are those of the master. They run where the master's state is: in its loop.
func (m *master) commands() []runtime.Command {
	return []runtime.Command{
		{Words: "reload", Usage: "reload", Help: "reload haproxy", Level: runtime.Operator, Run: func(*runtime.Call) {
			// As a signal, so that whoever waits for the new worker is not the session.
			if err := syscall.Kill(os.Getpid(), syscall.SIGUSR2); err != nil {
				m.say(syntax.Warning, "Cannot reload: %s", err)
			}
		}},
		{Words: "show proc", Usage: "show proc", Help: "show processes status", Run: func(c *runtime.Call) {
			if !m.inLoop(func() { m.showProcesses(c) }) {
				c.Fail("A worker is being started.")
			}
		}},
		{Words: "show version", Usage: "show version", Help: "show version of the current process",
			Run: func(c *runtime.Call) { c.Report("%s", haproxyVersion()) }},
		// What stands before commands is no command; these are for the help.
		{Words: "@!<pid>", Usage: "@!<pid>", Help: "send a command to the <pid> process", Run: func(*runtime.Call) {}},
		{Words: "@<relative pid>", Usage: "@<relative pid>", Help: "send a command to the <relative pid> process", Run: func(*runtime.Call) {}},
		{Words: "@master", Usage: "@master", Help: "send a command to the master process", Run: func(*runtime.Call) {}},
	}
}

// loopPatience is how long a command waits for a reload to end.
const loopPatience = 5 * time.Second

// inLoop does something where the master's state is, and reports whether that was possible in time.
func (m *master) inLoop(do func()) bool {
	done := make(chan struct{})
	select {
	case m.calls <- func() { do(); close(done) }:
		<-done
		return true
	case <-time.After(loopPatience):
		return false
	}
}

// find returns the process that a prefix stands for: the master, a worker by the number of its process, or the current one.
func (m *master) find(prefix string) (t runtime.Target, ok bool) {
	name := strings.TrimPrefix(prefix, "@")
	if name == "" || name == "master" {
		return runtime.Target{}, true
	}
	digits, byProcess := strings.CutPrefix(name, "!")
	number, err := strconv.Atoi(digits)
	if err != nil {
		return t, false
	}
	m.inLoop(func() {
		for i, w := range m.workers {
			if byProcess && w.pid() == number || !byProcess && number == 1 && i == len(m.workers)-1 {
				t, ok = w.target(), true
			}
		}
	})
	return t, ok
}

// target tells sessions of the master how to reach the worker.
func (w *worker) target() runtime.Target {
	return runtime.Target{Name: strconv.Itoa(w.pid()), Dial: func(level runtime.Level, mode runtime.Mode) (net.Conn, error) {
		return passSession(w.control, level, mode)
	}}
}

// promptName is what prompts call the master.
func (m *master) promptName() string {
	if m.reloadFailed.Load() {
		return "master[ReloadFailed]"
	}
	return "master"
}

// show proc
func (m *master) showProcesses(c *runtime.Call) {
	line := func(pid int, kind, reloads string, since time.Time) {
		c.Printf("%-15d %-15s %-15s %-15s %-15s\n", pid, kind, reloads, uptime(time.Since(since)), haproxyVersion())
	}
	c.Printf("%-15s %-15s %-15s %-15s %-15s\n", "#<PID>", "<type>", "<reloads>", "<uptime>", "<version>")
	line(os.Getpid(), "master", fmt.Sprintf("%d [failed: %d]", m.reloads, m.failed), m.since)
	last := len(m.workers) - 1
	c.Printf("# workers\n")
	for i, w := range m.workers {
		if i == last {
			line(w.pid(), "worker", strconv.Itoa(w.reloads), w.since)
		}
	}
	if last > 0 {
		c.Printf("# old workers\n")
		for _, w := range m.workers[:last] {
			line(w.pid(), "worker", strconv.Itoa(w.reloads), w.since)
		}
	}
	m.showPrograms(c)
}

// uptime writes a time as in 0d00h02m07s.
func uptime(d time.Duration) string {
	seconds := int(d / time.Second)
	return fmt.Sprintf("%dd%02dh%02dm%02ds", seconds/86400, seconds/3600%24, seconds/60%60, seconds%60)
}
