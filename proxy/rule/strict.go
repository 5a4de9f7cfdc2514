package rule

import (
	"fmt"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// Verdicts that stay inside a chain.
const (
	rewriteFailed stream.Verdict = 0xf0 + iota // a change was refused: fatal in strict mode, else as if it had not been asked for
	strict                                     // failed changes are fatal from here on, as they are when a chain begins
	lenient                                    // failed changes are ignored from here on
)

// strict-mode {on|off}
func strictMode(p *parser) (action, error) {
	if !p.more() {
		return nil, exactly(1, "arguments")
	}
	switch word := p.take(); word {
	case "on":
		return always(strict), nil
	case "off":
		return always(lenient), nil
	default:
		p.at--
		return nil, fmt.Errorf("Unexpected value '%s'. Only 'on' and 'off' are supported", word)
	}
}

// always is an action that does nothing but decide.
func always(v stream.Verdict) action {
	return func(*sample.Context) stream.Verdict { return v }
}

// exactly is the error for the wrong number of arguments.
func exactly(n int, what string) error { return fmt.Errorf("expects exactly %d %s", n, what) }
