// Package trace shows executions of scripts in a terminal, as the admin address of a process tells of them.
package trace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"tidelock/cmd/tidelock/admin"
)

// Source is where executions are asked for.
type Source struct {
	Network, Address string // of the admin address, as for net.Dial
	Token            string // empty for none
	Filter           admin.Filter
}

// maxMessage bounds what is shown of an answer that refuses, in bytes.
const maxMessage = 1 << 10

// Each calls take with each line that comes, until ctx or the stream ends or take fails. The end of ctx is no error.
func (s *Source) Each(ctx context.Context, take func(admin.Line) error) error {
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, s.Network, s.Address)
	}}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/executions?"+s.Filter.Values().Encode(), nil)
	if err != nil {
		return err
	}
	if s.Token != "" {
		request.Header.Set("Authorization", "Bearer "+s.Token)
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return fmt.Errorf("cannot reach the admin address: %w", errors.Unwrap(err))
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		message, _ := io.ReadAll(io.LimitReader(response.Body, maxMessage))
		return fmt.Errorf("%s refuses: %s", s.Address, strings.TrimSpace(string(message)))
	}
	for lines := json.NewDecoder(response.Body); ; {
		var line admin.Line
		switch err := lines.Decode(&line); {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("%s has ended: %w", s.Address, err)
		}
		if err := take(line); err != nil {
			return err
		}
	}
}
