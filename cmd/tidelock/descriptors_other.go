//go:build !unix

package main

import "errors"

// limitDescriptors is of Unix.
func limitDescriptors(most int) error {
	if most == 0 {
		return nil
	}
	return errors.New("'fd-hard-limit' is not supported on this system.")
}
