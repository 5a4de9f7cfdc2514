package check

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tidelock/proxy/server"
)

// External is a check by a program (option external-check). It runs in a process group of its own, all of which ends with
// the check, and sees nothing of this process's environment.
type External struct {
	Command string
	Path    string // where the command is looked for, and its PATH
	// Place is the address and port of the proxy's first listener; both are empty where it has none, the port for a unix
	// socket.
	Place    [2]string
	HTTP     bool // what servers speak; else it is only known to be TCP
	TLS      bool
	Disabled bool // nothing may be started
}

// Probe does the check.
func (e *External) Probe(ctx context.Context, s *server.Server) server.Result {
	if e.Disabled {
		return server.Result{Status: server.SocketError, Info: "Resource temporarily unavailable"}
	}
	command, found := e.find()
	if !found {
		return server.Result{Status: server.ProcessError, Code: 255}
	}
	at := s.Address()
	host, port := at.Host, strconv.Itoa(at.Port)
	if at.Network == "unix" {
		port = ""
	}
	process := exec.CommandContext(ctx, command, orUnused(e.Place[0]), orUnused(e.Place[1]), host, orUnused(port))
	process.Env = e.environment(s, host, port)
	process.WaitDelay = time.Second // for whoever keeps its output open
	ownGroup(process)
	err := process.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return server.Result{Status: server.ProcessOK}
	case ctx.Err() != nil:
		return server.Result{Status: server.ProcessTimeout}
	case errors.As(err, &exit):
		return server.Result{Status: server.ProcessError, Code: exit.ExitCode()}
	}
	return server.Result{Status: server.ProcessError, Code: 255}
}

// find returns the file of the command.
func (e *External) find() (file string, found bool) {
	if strings.Contains(e.Command, "/") {
		return e.Command, true
	}
	for _, folder := range filepath.SplitList(e.Path) {
		file, err := exec.LookPath(filepath.Join(folder, e.Command))
		if err == nil {
			return file, true
		}
	}
	return "", false
}

func orUnused(s string) string {
	if s == "" {
		return "NOT_USED"
	}
	return s
}

func (e *External) environment(s *server.Server, host, port string) []string {
	protocol, secured := "tcp", "0"
	if e.HTTP {
		protocol = "h1"
	}
	if e.TLS {
		secured = "1"
	}
	proxy := s.Backend().Proxy
	connections, _ := s.Load()
	return []string{
		"HAPROXY_PROXY_ADDR=" + e.Place[0], "HAPROXY_PROXY_PORT=" + e.Place[1],
		"HAPROXY_PROXY_NAME=" + proxy.Name, fmt.Sprintf("HAPROXY_PROXY_ID=%d", proxy.ID),
		"HAPROXY_SERVER_ADDR=" + host, "HAPROXY_SERVER_PORT=" + port,
		"HAPROXY_SERVER_NAME=" + s.Name, fmt.Sprintf("HAPROXY_SERVER_ID=%d", s.ID),
		fmt.Sprintf("HAPROXY_SERVER_CURCONN=%d", connections), fmt.Sprintf("HAPROXY_SERVER_MAXCONN=%d", s.MaxConnNow()),
		"HAPROXY_SERVER_SSL=" + secured, "HAPROXY_SERVER_PROTO=" + protocol,
		"PATH=" + e.Path,
	}
}
