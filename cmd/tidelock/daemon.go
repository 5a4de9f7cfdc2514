package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// detach runs the program again in a session of its own, and ends when that process listens, or has failed to. What is
// wrong with the configuration is said, and known to the caller by the exit status, as long as the terminal is there.
func (o *haproxyOptions) detach(args []string) error {
	answer, question, err := os.Pipe()
	if err != nil {
		return err
	}
	defer answer.Close()
	defer question.Close()
	cmd, err := again(args, daemonVariable, question)
	if err != nil {
		return err
	}
	cmd.Stdin = nil
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("Cannot start the daemon: %w", err)
	}
	question.Close() // so that the end of the daemon ends the reading
	if _, err := io.ReadFull(answer, make([]byte, 1)); err == nil {
		return cmd.Process.Release()
	}
	return endOf(cmd)
}

// endOf waits for a process, and returns its status as this one's.
func endOf(cmd *exec.Cmd) error {
	err := cmd.Wait()
	if exit, ok := err.(*exec.ExitError); ok {
		return exitStatus(statusOfProcess(exit.ProcessState))
	}
	return err
}

// statusOfProcess returns a status as a shell counts it: above 128 when a signal ended the process.
func statusOfProcess(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return exitSignal + int(status.Signal())
	}
	return state.ExitCode()
}

// reportDaemon tells whoever waits in detach that this process listens, and lets go of the terminal.
func reportDaemon(report *os.File) error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	for standard := range 3 {
		if err := replaceDescriptor(int(null.Fd()), standard); err != nil {
			return err
		}
	}
	if _, err := report.Write([]byte{0}); err != nil {
		return err
	}
	return report.Close()
}
