package main

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// The program runs itself again to become a daemon or a worker: a process with many threads cannot fork. These variables
// say which of the two the new process is, and the number of the descriptor by which it answers. The number is not a
// fixed one, since the configuration may use inherited descriptors of any number.
const (
	daemonVariable = "_TIDELOCK_DAEMON"
	workerVariable = "_TIDELOCK_WORKER"
)

// again returns a command that runs the program with the arguments. It has the descriptor of file under its own number,
// which the variable tells.
func again(args []string, variable string, file *os.File) (*exec.Cmd, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	raw, err := file.SyscallConn()
	if err != nil {
		return nil, err
	}
	var number uintptr
	var errno syscall.Errno
	if err := raw.Control(func(fd uintptr) {
		number = fd
		_, _, errno = syscall.Syscall(syscall.SYS_FCNTL, fd, syscall.F_SETFD, 0) // stays open in the new process
	}); err != nil || errno != 0 {
		return nil, fmt.Errorf("descriptor of the new process: %w", errno)
	}
	cmd := exec.Command(path)
	cmd.Args = append([]string{"haproxy"}, args...)
	cmd.Env = append(os.Environ(), variable+"="+strconv.Itoa(int(number)))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd, nil
}

// takeDescriptor returns the descriptor that again gave this process, or nil. The processes that this one runs do not see it.
func takeDescriptor(variable string) *os.File {
	number, err := strconv.Atoi(os.Getenv(variable))
	os.Unsetenv(variable)
	if err != nil || number < 3 {
		return nil
	}
	syscall.CloseOnExec(number)
	return os.NewFile(uintptr(number), variable)
}
