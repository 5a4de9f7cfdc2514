//go:build !unix

package main

import (
	"errors"

	"tidelock/proxy/config"
)

// dropPrivileges refuses what this system does not have.
func dropPrivileges(g *config.Global) error {
	if g.Chroot != "" || g.UID >= 0 || g.GID >= 0 {
		return errors.New("chroot, user, group, uid and gid are not available on this system")
	}
	return nil
}
