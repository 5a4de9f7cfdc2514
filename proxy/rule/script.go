package rule

import (
	"errors"
	"fmt"
	"strings"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// lua.<name> [<argument>...]
func (p *parser) script(name string) (action, error) {
	if p.Samples.Scripts == nil {
		p.at = 0
		return nil, fmt.Errorf("unknown action 'lua.%s': no script is loaded", name)
	}
	if p.Set == stream.HTTPAfterResponse {
		p.at = 0
		return nil, fmt.Errorf("scripts have no actions for '%s' rules", p.Set)
	}
	start := p.at
	for p.more() {
		p.at++
	}
	run, err := p.Samples.Scripts.BindAction(p.Set, name, p.words[start:p.at])
	if err != nil {
		p.at = 0
		return nil, err
	}
	return func(c *sample.Context) stream.Verdict { return run(c.Stream) }, nil
}

// Service is a service that is no script's, under the name that logs give it.
type Service struct {
	stream.Service
	LogName string
}

// use-service <name> | lua.<name>
func useService(p *parser) (action, error) {
	word, err := p.word("the name of a service")
	if err != nil {
		return nil, err
	}
	if service := p.Services[word]; service.Service != nil && p.Set == stream.HTTPRequest {
		return serve(service, service.LogName), nil
	}
	name, ok := strings.CutPrefix(word, "lua.")
	switch {
	case !ok:
		err = fmt.Errorf("'%s' unknown service name.", word)
	case p.Samples.Scripts == nil:
		err = fmt.Errorf("unknown service '%s': no script is loaded", word)
	}
	if err != nil {
		p.at--
		return nil, err
	}
	service, err := p.Samples.Scripts.BindService(p.Mode, name)
	if err == nil && p.Set == stream.TCPRequest && p.Mode == stream.ModeHTTP {
		err = errors.New("a service of HTTP cannot be used in 'tcp-request' rules, nor one of TCP in mode http")
	}
	if err != nil {
		p.at--
		return nil, err
	}
	return serve(service, word), nil
}

// serve makes the action that has a service answer; name is what logs give as the server.
func serve(service stream.Service, name string) action {
	server := &stream.Server{Name: "<" + name + ">"}
	return func(c *sample.Context) stream.Verdict {
		c.Stream.Service, c.Stream.Server = service, server
		return stream.Stop
	}
}
