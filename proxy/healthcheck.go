package proxy

import (
	"cmp"
	"context"
	"net"
	"strconv"
	"time"

	"tidelock/proxy/check"
	"tidelock/proxy/config"
	"tidelock/proxy/server"
)

// healthCheck returns how a server of a section is checked, nil for not at all. It is the n-th that is.
func (b *builder) healthCheck(section *config.Proxy, s config.Server, n int) *server.Check {
	if !s.Check {
		return nil
	}
	if !s.Service() && s.Address.Network != "unix" && s.Address.Port == 0 && s.CheckPort == 0 && s.CheckAddr.Port == 0 || s.PortOffset && s.CheckPort == 0 {
		b.diags.Alertf(s.At, "%s '%s': server '%s' has neither service port nor check port.", section.Kind, section.Name, s.Name)
		return nil
	}
	probe, timeout := check.Connect(checkDial(s)), section.Timeouts.Check
	if section.HealthCheck.Kind == "external-check" {
		timeout = 0 // the time between two checks, as in HAProxy
		probe = b.externalCheck(section, s).Probe
	} else if sequence := b.checkSequence(section); sequence != nil {
		sequence.Dial = checkDial(s)
		probe = sequence.Probe
	}
	return &server.Check{
		Inter: s.Inter, FastInter: s.FastInter, DownInter: s.DownInter, Timeout: timeout,
		LogAll: section.LogHealthChecks,
		Probe:  probe,
		Delay:  spread(s.Inter, n),
	}
}

// externalCheck returns the check of a server by a program.
func (b *builder) externalCheck(section *config.Proxy, s config.Server) *check.External {
	h := &section.HealthCheck
	e := &check.External{
		Command: h.Command, Path: h.Path, HTTP: section.Mode == config.ModeHTTP, TLS: s.TLS.Enabled,
		Disabled: !b.config.Global.InsecureFork,
	}
	if len(section.Binds) > 0 {
		switch a := section.Binds[0].Address; a.Network {
		case "unix":
			e.Place[0] = a.Path
		default:
			e.Place = [2]string{cmp.Or(a.Host, "0.0.0.0"), strconv.Itoa(a.Port)}
		}
	}
	return e
}

// agent returns how the agent of a server is asked, nil for not at all. It is the n-th that is.
func (b *builder) agent(section *config.Proxy, s config.Server, n int) *server.Agent {
	if !s.AgentCheck {
		return nil
	}
	return &server.Agent{
		Inter: s.AgentInter, Timeout: section.Timeouts.Check, Delay: spread(s.AgentInter, n), LogAll: section.LogHealthChecks,
		Place: server.AgentPlace{Host: cmp.Or(s.AgentAddr, s.CheckAddr.Host), Port: s.AgentPort, Send: s.AgentSend},
		Ask:   check.Agent(dialAgent),
	}
}

// dialAgent connects to a server's agent.
func dialAgent(ctx context.Context, s *server.Server) (net.Conn, error) {
	at := s.AgentPlace()
	return server.Plain{}.Dial(ctx, nil, "tcp", net.JoinHostPort(cmp.Or(at.Host, s.Address().Host), strconv.Itoa(at.Port)))
}

// spread returns when the n-th check starts: a little after the one before it, within the time of a round.
func spread(inter time.Duration, n int) time.Duration {
	return min(inter, time.Second) * time.Duration(n%16) / 16
}

// checkDial returns what connects to a server for a check: to where traffic goes, unless the line says otherwise.
func checkDial(s config.Server) check.Dial {
	return func(ctx context.Context, target *server.Server) (net.Conn, error) {
		at, place := target.Address(), target.CheckPlaceNow()
		stepHost, stepPort := check.Place(ctx)
		network, address := at.Network, at.Host
		switch {
		case s.CheckAddr.Network == "unix" && stepHost == "" && place.Host == "":
			network, address = "unix", s.CheckAddr.Path
		case network == "tcp" || place.Host != "" || stepHost != "":
			host := cmp.Or(stepHost, place.Host, at.Host)
			network, address = "tcp", net.JoinHostPort(host, strconv.Itoa(cmp.Or(stepPort, place.Port, s.CheckAddr.Port, at.Port)))
		}
		return target.Connect(ctx, nil, network, address)
	}
}
