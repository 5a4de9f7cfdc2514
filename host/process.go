package host

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"sync"
	"syscall"

	"tidelock/abi"
)

var errNoProcesses = errors.New("scripts are not allowed to run processes")

// process is a shell command that a script runs, with everything that it starts. Its other streams are this process's.
type process struct {
	command *exec.Cmd
	wait    func() error // for its end, once
}

// start starts a command in a folder. Without stdin it reads nothing.
func start(text, folder string, stdin, stdout *os.File) (*process, error) {
	p := &process{command: exec.Command("/bin/sh", "-c", text)}
	p.command.Dir = folder
	if stdin != nil {
		p.command.Stdin = stdin
	}
	p.command.Stdout, p.command.Stderr = stdout, os.Stderr
	isolate(p.command)
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	p.wait = sync.OnceValue(p.command.Wait)
	return p, nil
}

// result waits for the end of the process, killing it when ctx ends, and writes what Lua makes of its status.
func (p *process) result(ctx context.Context, results *abi.Writer) error {
	stop := context.AfterFunc(ctx, p.kill)
	defer stop()
	if err := p.wait(); err != nil && p.command.ProcessState == nil {
		fail(results, "", err)
		return nil
	}
	what, code := "exit", p.command.ProcessState.ExitCode()
	if status, ok := p.command.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		what, code = "signal", int(status.Signal())
	}
	if what == "exit" && code == 0 {
		results.Bool(true)
	} else {
		results.Nil()
	}
	results.String(what)
	results.Int(int64(code))
	return nil
}

// processFunctions run shell commands.
//
//	os.execute(command) -> true or nil, "exit" or "signal", code
//	os.execute() -> whether there is a shell for scripts
type processFunctions struct {
	allowed bool
	files   *fileFunctions
}

func (p *processFunctions) library() Functions {
	return Functions{"os.execute": p.execute, "io.popen": p.popen}
}

func (p *processFunctions) execute(c *Call) error {
	if !c.Arguments.More() {
		c.Results.Bool(p.allowed)
		return nil
	}
	command, err := c.name()
	if err != nil {
		return err
	}
	if !p.allowed {
		return c.failure("", errNoProcesses)
	}
	return c.Park(func(ctx context.Context, results *abi.Writer) error {
		started, err := start(command, p.files.access.folder, nil, os.Stdout)
		if err != nil {
			fail(results, "", err)
			return nil
		}
		return started.result(ctx, results)
	})
}

func (p *processFunctions) popen(c *Call) error {
	command, err := c.name()
	if err != nil {
		return err
	}
	mode, err := c.name()
	if err != nil {
		return err
	}
	if !p.allowed {
		return c.failure(command, errNoProcesses)
	}
	x := c.Execution
	return c.Park(func(_ context.Context, results *abi.Writer) error {
		if p.files.exhausted(x) {
			fail(results, command, syscall.EMFILE)
			return nil
		}
		f, err := popen(command, p.files.access.folder, mode == "w")
		if err != nil {
			fail(results, command, err)
			return nil
		}
		return x.give(f, results)
	})
}

// popen starts a command with one stream in the script's hands: its input, or its output.
func popen(command, folder string, write bool) (*file, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	ours, theirs := r, w
	stdin, stdout := (*os.File)(nil), w
	if write {
		ours, theirs = w, r
		stdin, stdout = r, os.Stdout
	}
	p, err := start(command, folder, stdin, stdout)
	theirs.Close()
	if err != nil {
		ours.Close()
		return nil, err
	}
	f := newFile(ours, write)
	f.process = p
	return f, nil
}
