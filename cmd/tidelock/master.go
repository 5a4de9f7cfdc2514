package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/handover"
	"tidelock/proxy/runtime"
)

// master runs workers, one after the other: a reload starts the next, and the last ones end when their clients are done.
// It serves nothing itself, but keeps the listening sockets, so that no client is lost between two workers.
type master struct {
	*program
	options *haproxyOptions
	args    []string

	sockets      *handover.Sockets // of the worker that listens now
	workers      []*worker         // running, the current one last
	ended        chan *worker
	programs     []*companion // running
	programEnded chan *companion
	signals      chan os.Signal
	reloads      int
	failed       int         // of the reloads
	reloadFailed atomic.Bool // the last of them did
	since        time.Time
	stopping     bool
	status       int // to exit with

	cli   runtime.Server
	calls chan func() // of the runtime API, for the loop to run
}

// worker is one process that serves.
type worker struct {
	cmd     *exec.Cmd
	control *net.UnixConn
	since   time.Time
	reloads int // that it has survived
}

func (w *worker) pid() int { return w.cmd.Process.Pid }

// supervise runs as the master until all workers have ended.
func (o *haproxyOptions) supervise(p *program, args []string) error {
	m := &master{program: p, options: o, args: args, sockets: p.sockets, ended: make(chan *worker), programEnded: make(chan *companion), signals: make(chan os.Signal, 8),
		calls: make(chan func()), since: time.Now()}
	signal.Notify(m.signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGHUP)
	defer signal.Stop(m.signals)
	if o.takeOver != "" {
		if err := receiveFrom(o.takeOver, p); err != nil {
			m.say(syntax.Warning, "Failed to get the sockets from the old process: %s", err)
		}
	}
	if err := m.writePidfile(); err != nil {
		return err
	}
	defer m.cli.Close()
	if err := m.openCLI(context.Background()); err != nil {
		return err
	}
	first, err := m.start()
	if err != nil {
		return err
	}
	m.adopt(first)
	m.startPrograms(false)
	o.signalOld()
	for _, ready := range p.ready {
		if err := ready(); err != nil {
			return err
		}
	}
	m.notify("READY=1\nMAINPID=%d\nSTATUS=Ready.\n", os.Getpid())
	m.loop()
	m.say(syntax.Warning, "All workers exited. Exiting... (%d)", m.status)
	if m.status != exitOK {
		return exitStatus(m.status)
	}
	return nil
}

func (m *master) writePidfile() error {
	var diags syntax.Diagnostics
	cfg := m.read(&diags)
	if cfg == nil || cfg.Global.Pidfile == "" {
		return nil
	}
	if err := os.WriteFile(cfg.Global.Pidfile, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o644); err != nil {
		return fmt.Errorf("Cannot create pidfile %s: %s", cfg.Global.Pidfile, syntax.SystemReason(err))
	}
	return nil
}

// say prints a message of the master, unless those of its severity are not wanted.
func (m *master) say(severity syntax.Severity, format string, arguments ...any) {
	if severity >= m.least {
		syntax.Printf(m.stderr, severity, format, arguments...)
	}
}

// notify tells systemd, where it listens and was asked to.
func (m *master) notify(format string, arguments ...any) {
	if !m.options.notify {
		return
	}
	if _, err := daemon.SdNotify(false, fmt.Sprintf(format, arguments...)); err != nil {
		m.say(syntax.Warning, "cannot notify systemd: %s", err)
	}
}

// start runs a worker until it listens. The error is the status that the worker ended with instead.
func (m *master) start() (*worker, error) {
	ours, theirs, err := socketPair()
	if err != nil {
		return nil, err
	}
	cmd, err := again(m.args, workerVariable, theirs)
	if err == nil {
		err = cmd.Start()
	}
	theirs.Close()
	if err != nil {
		ours.Close()
		return nil, fmt.Errorf("Cannot start a worker: %w", err)
	}
	m.say(syntax.Notice, "New worker (%d) forked", cmd.Process.Pid)
	fresh, listening := &handover.Sockets{}, make(chan error, 1)
	go func() {
		if err := m.sockets.Relay(ours); err != nil {
			listening <- err
			return
		}
		listening <- fresh.Receive(ours)
	}()
	for {
		select {
		case err = <-listening:
			if err != nil {
				ours.Close()
				return nil, endOf(cmd)
			}
			m.sockets.Decline()
			m.sockets = fresh
			m.say(syntax.Notice, "Loading success.")
			return &worker{cmd: cmd, control: ours, since: time.Now()}, nil
		case s := <-m.signals:
			if s != syscall.SIGUSR2 && s != syscall.SIGHUP { // it is being loaded already
				cmd.Process.Signal(syscall.SIGTERM)
			}
		}
	}
}

// socketPair returns a connection, and the other end of it for a new process.
func socketPair() (*net.UnixConn, *os.File, error) {
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, fmt.Errorf("Cannot create a socket pair: %w", err)
	}
	theirs := os.NewFile(uintptr(fds[1]), "worker")
	ours, err := unixConn(os.NewFile(uintptr(fds[0]), "worker"))
	if err != nil {
		theirs.Close()
		return nil, nil, err
	}
	return ours, theirs, nil
}

// adopt makes a worker the current one.
func (m *master) adopt(w *worker) {
	m.workers = append(m.workers, w)
	go func() {
		w.cmd.Wait() // how it ended is in its state
		m.ended <- w
	}()
}

// loop reacts until no worker is left.
func (m *master) loop() {
	for len(m.workers) > 0 || len(m.programs) > 0 {
		select {
		case s := <-m.signals:
			switch s {
			case syscall.SIGUSR2, syscall.SIGHUP:
				m.reload()
			case syscall.SIGUSR1:
				m.stop(syscall.SIGUSR1)
			default:
				m.stop(syscall.SIGTERM)
			}
		case w := <-m.ended:
			m.bury(w)
		case c := <-m.programEnded:
			m.buryProgram(c)
		case call := <-m.calls:
			call()
		}
	}
}

// reload starts a worker with the configuration as it is now. The one before goes on if that fails.
func (m *master) reload() {
	if m.stopping {
		return
	}
	m.say(syntax.Notice, "Reloading HAProxy")
	m.notify("RELOADING=1\nSTATUS=Reloading Configuration.\n")
	m.reloads++
	next, err := m.start()
	if err != nil {
		m.failed++
		m.reloadFailed.Store(true)
		m.say(syntax.Warning, "Loading failure!")
		m.notify("READY=1\nSTATUS=Reload failed!\n")
		return
	}
	m.reloadFailed.Store(false)
	for _, w := range m.workers {
		w.reloads++
	}
	m.signalWorkers(syscall.SIGUSR1)
	m.adopt(next)
	m.startPrograms(true)
	m.notify("READY=1\nMAINPID=%d\nSTATUS=Ready.\n", os.Getpid())
}

// stop has all workers stop, and closes the sockets that the master keeps for a next one.
func (m *master) stop(s syscall.Signal) {
	if !m.stopping {
		m.say(syntax.Warning, "Exiting Master process...")
		m.notify("STOPPING=1\nSTATUS=Stopping.\n")
	}
	m.stopping = true
	m.sockets.Decline()
	m.signalWorkers(s)
	m.signalPrograms(s)
}

func (m *master) signalWorkers(s syscall.Signal) {
	for _, w := range m.workers {
		w.cmd.Process.Signal(s)
	}
}

// bury forgets a worker that has ended. When the current one ends unasked, nobody serves any more: then all end.
func (m *master) bury(w *worker) {
	current := w == m.workers[len(m.workers)-1]
	m.workers = slices.DeleteFunc(m.workers, func(other *worker) bool { return other == w })
	w.control.Close()
	severity := syntax.Warning
	status, how := describeEnd(w.cmd.ProcessState)
	if status != exitOK && current {
		severity = syntax.Alert
	}
	which := "Former"
	if current {
		which = "Current"
	}
	m.say(severity, "%s worker (%d) exited with code %d (%s)", which, w.pid(), status, how)
	if current && !m.stopping {
		m.giveUp(status)
	}
}

// describeEnd returns the status of a process as a shell counts it, and what ended it in words.
func describeEnd(state *os.ProcessState) (status int, how string) {
	status, how = statusOfProcess(state), "Exit"
	if status > exitSignal {
		how = syscall.Signal(status - exitSignal).String()
	}
	return status, how
}

// giveUp ends all, with a status.
func (m *master) giveUp(status int) {
	m.say(syntax.Alert, "exit-on-failure: killing every processes with SIGTERM")
	m.status = status
	m.stop(syscall.SIGTERM)
}
