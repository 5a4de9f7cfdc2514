//go:build !linux

package http1

import "net"

// kernelPath is not to be had here.
type kernelPath struct{ most int }

func newKernelPath(_, _ net.Conn, _ int) *kernelPath { return nil }

func (k *kernelPath) end() {}

func (k *kernelPath) receive() (int, error) { return 0, errNoPipe }

func (k *kernelPath) send() (int, error) { return 0, errNoPipe }

func (k *kernelPath) pending() int { return 0 }
