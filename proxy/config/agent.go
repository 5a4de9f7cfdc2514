package config

import (
	"errors"
	"fmt"
)

// agent-addr <address>
func parseAgentAddr(r *serverReader, value string) error {
	if value == "" {
		return errors.New("'agent-addr' expects an address as argument..")
	}
	if !isLiteral(value) {
		return fmt.Errorf("parsing agent-addr failed. Check if '%s' is correct address..", value)
	}
	r.server.AgentAddr = value
	return nil
}

// agent-port <port>
func parseAgentPort(r *serverReader, value string) error {
	if value == "" {
		return errors.New("'agent-port' expects a port number as argument..")
	}
	r.server.AgentPort = max(leading(value), 0)
	return nil
}

// agent-send <string>
func parseAgentSend(r *serverReader, value string) error {
	if value == "" {
		return errors.New("'agent-send' expects a string as argument..")
	}
	r.server.AgentSend = value
	return nil
}

// checkAgents looks for agents that cannot be asked.
func (p *parser) checkAgents(proxy *Proxy) {
	for i := range proxy.Servers {
		if s := &proxy.Servers[i]; s.AgentCheck && s.AgentPort == 0 {
			p.diags.Alertf(s.At, "'server %s/%s' : server %s does not have agent port. Agent check has been disabled.", proxy.Name, s.Name, s.Name)
		}
	}
}
