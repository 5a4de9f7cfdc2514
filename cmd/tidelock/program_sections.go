package main

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"syscall"
	"time"

	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/runtime"
)

// companion is a program that runs beside the workers (section program of the configuration).
type companion struct {
	name    string
	cmd     *exec.Cmd
	since   time.Time
	reloads int  // that it has survived
	former  bool // it was told to end
}

// checkPrograms reports programs that cannot be started.
func checkPrograms(cfg *config.Configuration, diags *syntax.Diagnostics) {
	for i := range cfg.Programs {
		if cfg.Programs[i].Command == nil {
			diags.Alertf(syntax.Position{}, "The program section '%s' lacks a command to launch.", cfg.Programs[i].Name)
		}
	}
	if len(cfg.Programs) > 0 && !cfg.Global.MasterWorker {
		diags.Alertf(syntax.Position{}, "Can't use a 'program' section without master worker mode.")
	}
}

func (c *companion) pid() int { return c.cmd.Process.Pid }

// startPrograms starts the programs that the configuration names, after a reload those that want it. Those from before are
// told to end as workers are.
func (m *master) startPrograms(reload bool) {
	var diags syntax.Diagnostics
	cfg := m.read(&diags)
	if cfg == nil {
		return // the worker read it, and it was changed since
	}
	for _, c := range m.programs {
		c.reloads++
		c.former = true
	}
	m.signalPrograms(syscall.SIGUSR1)
	for i := range cfg.Programs {
		if p := &cfg.Programs[i]; !reload || p.StartOnReload {
			m.startProgram(p)
		}
	}
}

func (m *master) startProgram(p *config.Program) {
	cmd := exec.Command(p.Command[0], p.Command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, m.stderr
	if p.UID >= 0 || p.GID >= 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(os.Getuid()), Gid: uint32(os.Getgid())}}
		if p.UID >= 0 {
			cmd.SysProcAttr.Credential.Uid = uint32(p.UID)
		}
		if p.GID >= 0 {
			cmd.SysProcAttr.Credential.Gid = uint32(p.GID)
		}
	}
	if err := cmd.Start(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			err = fs.ErrNotExist
		}
		m.say(syntax.Alert, "Cannot execute %s: %s", p.Command[0], syntax.SystemReason(err))
		m.giveUp(exitError)
		return
	}
	m.say(syntax.Notice, "New program '%s' (%d) forked", p.Name, cmd.Process.Pid)
	c := &companion{name: p.Name, cmd: cmd, since: time.Now()}
	m.programs = append(m.programs, c)
	go func() {
		c.cmd.Wait() // how it ended is in its state
		m.programEnded <- c
	}()
}

// buryProgram forgets a program that has ended. When one fails that is not to be replaced, all end with its status; that
// a signal asked it to end is no failure.
func (m *master) buryProgram(c *companion) {
	m.programs = slices.DeleteFunc(m.programs, func(other *companion) bool { return other == c })
	status, how := describeEnd(c.cmd.ProcessState)
	if c.former {
		m.say(syntax.Warning, "Former program '%s' (%d) exited with code %d (%s)", c.name, c.pid(), status, how)
		return
	}
	m.say(syntax.Alert, "Current program '%s' (%d) exited with code %d (%s)", c.name, c.pid(), status, how)
	switch status {
	case exitOK, exitSignal + int(syscall.SIGINT), exitSignal + int(syscall.SIGTERM):
		return
	}
	if m.stopping {
		m.status = cmp.Or(m.status, status)
		return
	}
	m.giveUp(status)
}

func (m *master) signalPrograms(s syscall.Signal) {
	for _, c := range m.programs {
		c.cmd.Process.Signal(s)
	}
}

// showPrograms is the last part of "show proc".
func (m *master) showPrograms(c *runtime.Call) {
	list := func(former bool) {
		for _, p := range m.programs {
			if p.former == former {
				c.Printf("%-15d %-15s %-15s %-15s %-15s\n", p.pid(), p.name, strconv.Itoa(p.reloads), uptime(time.Since(p.since)), "-")
			}
		}
	}
	c.Printf("# programs\n")
	list(false)
	if slices.ContainsFunc(m.programs, func(p *companion) bool { return p.former }) {
		c.Printf("# old programs\n")
		list(true)
	}
}
