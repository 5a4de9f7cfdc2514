package settings

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
)

// validate checks what concerns more than one value, or more than the type of one.
func (s *Settings) validate() error {
	return errors.Join(
		s.Admin.validate(s.Origin("admin-address").of("admin-address")),
		s.atMost("lua-instance-memory", uint64(s.Sandbox.InstanceMemory), 4<<30),
		s.atMost("script-read", uint64(s.Sandbox.ScriptRead), uint64(Defaults().Sandbox.ScriptRead)),
		s.folders(),
		s.Telemetry.validate(s),
	)
}

func (s *Settings) atMost(name string, value, most uint64) error {
	if value > most {
		return fmt.Errorf("settings: %s: expected at most %v, found %v", s.Origin(name).of(name), Size(most), Size(value))
	}
	return nil
}

// folders checks that what scripts may use is there: a mistyped name would only show when a script fails.
func (s *Settings) folders() error {
	var errs []error
	if folder := s.Sandbox.SecretsFolder; folder != "" {
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			errs = append(errs, fmt.Errorf("settings: %s: '%s' is no folder", s.Origin("secrets-folder").of("secrets-folder"), folder))
		}
	}
	for _, folder := range s.Sandbox.ScriptFolders {
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			errs = append(errs, fmt.Errorf("settings: %s: '%s' is no folder", s.Origin("script-folders").of("script-folders"), folder))
		}
	}
	return errors.Join(errs...)
}

// Network returns what net.Listen takes for the address.
func (a *Admin) Network() (network, address string) {
	if strings.ContainsRune(a.Address, '/') {
		return "unix", a.Address
	}
	return "tcp", a.Address
}

// validate refuses an address where strangers could look on.
func (a *Admin) validate(place string) error {
	network, address := a.Network()
	if address == "" || network == "unix" {
		return nil
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("settings: %s: expected host:port or the path of a socket, found '%s'", place, address)
	}
	if ip := net.ParseIP(host); a.Token == "" && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("settings: %s: '%s' is not on the loopback interface: that needs an admin-token", place, address)
	}
	return nil
}
