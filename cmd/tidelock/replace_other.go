//go:build unix && !linux

package main

import "syscall"

// replaceDescriptor makes the descriptor number stand for what from stands for.
func replaceDescriptor(from, number int) error { return syscall.Dup2(from, number) }
