//go:build unix

package main

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"tidelock/proxy/config"
)

// dropPrivileges changes root folder, group and user as the global section asks. It fails rather than go on with more
// rights than were meant.
func dropPrivileges(g *config.Global) error {
	if g.Chroot != "" {
		_, _ = time.Now().Local().Zone() // the time zone's file is out of reach afterwards
		if err := syscall.Chroot(g.Chroot); err != nil {
			return fmt.Errorf("Cannot chroot(%s): %w", g.Chroot, err)
		}
		if err := os.Chdir("/"); err != nil {
			return fmt.Errorf("Cannot chroot(%s): %w", g.Chroot, err)
		}
	}
	if g.GID >= 0 && g.GID != os.Getgid() {
		if err := syscall.Setgroups(nil); err != nil {
			return fmt.Errorf("Cannot drop supplementary groups: %w", err)
		}
		if err := syscall.Setgid(g.GID); err != nil {
			return fmt.Errorf("Cannot set gid %d: %w", g.GID, err)
		}
	}
	if g.UID >= 0 && g.UID != os.Getuid() {
		if err := syscall.Setuid(g.UID); err != nil {
			return fmt.Errorf("Cannot set uid %d: %w", g.UID, err)
		}
	}
	return nil
}
