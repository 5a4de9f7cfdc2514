package config

import (
	"slices"

	"tidelock/proxy/config/syntax"
)

// unixBindOptions are the parameters of a bind line that unix-bind gives a default.
var unixBindOptions = []string{"mode", "uid", "gid", "user", "group"}

// unix-bind [prefix <path>] [mode <mode>] [user <user>] [uid <uid>] [group <group>] [gid <gid>]
func parseUnixBind(p *parser, s syntax.Statement) {
	defaults := &p.Global.UnixBind
	for i := 0; i < len(s.Words)-1; i += 2 {
		name, value := s.Argument(i), s.Argument(i+1)
		switch {
		case name == "prefix" && value == "":
			p.failf(s, "unix_bind 'prefix' expects a path as an argument.")
		case name == "prefix":
			defaults.Prefix = value
		case !slices.Contains(unixBindOptions, name):
			p.failf(s, "'unix-bind' only supports the 'prefix', 'mode', 'uid', 'gid', 'user' and 'group' options.")
			return
		default:
			row := slices.IndexFunc(bindRows, func(r bindRow) bool { return r.name == name })
			if err := bindRows[row].set(&bindReader{p, s, &defaults.BindSettings}, value); err != nil {
				p.failf(s, "'unix-bind' : '%s' %s", name, err)
				return
			}
		}
	}
}

// UnixBind is what unix sockets have in common.
type UnixBind struct {
	Prefix string // of all paths
	BindSettings
}

// settings returns what a line begins with, and the prefix of its unix sockets.
func (u *UnixBind) settings() *BindSettings {
	return &BindSettings{Permission: u.Permission, UID: u.UID, GID: u.GID}
}

// place completes the path of a unix socket. Abstract ones have no place in the file system.
func (u *UnixBind) place(a Address) Address {
	if a.Network == "unix" && a.Path != "" && a.Path[0] != '@' {
		a.Path = u.Prefix + a.Path
	}
	return a
}
