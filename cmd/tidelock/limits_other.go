//go:build !linux

package main

import (
	"errors"

	"tidelock/proxy/config"
)

// bindProcessors is of Linux.
func bindProcessors(cpus *config.CPUSet) error {
	if cpus.Empty() {
		return nil
	}
	return errors.New("'cpu-map' is not supported on this system.")
}
