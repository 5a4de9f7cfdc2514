package compression

import (
	"bytes"
	"strings"

	"tidelock/proxy/message"
)

// choose returns the algorithm that the client likes best: of those that it likes alike the one that it names first. It
// returns identity, where that is configured, when there is none, and nil otherwise.
func (c *Config) choose(request *message.Message) *Algorithm {
	var chosen *Algorithm
	if !broken(request) {
		best := 0
		for i := request.Find("accept-encoding", -1); i >= 0; i = request.Find("accept-encoding", i) {
			for element := range bytes.SplitSeq(request.Value(i), []byte(",")) {
				coding, q := quality(string(element))
				if q <= best {
					continue
				}
				if a := c.offered(coding); a != nil {
					chosen, best = a, q
				}
			}
		}
	}
	if chosen == nil {
		chosen = c.named("identity")
	}
	return chosen
}

// offered returns the algorithm for a coding of Accept-Encoding. Of several for the same coding, or for "*", the last one
// configured counts, as in HAProxy.
func (c *Config) offered(coding string) (found *Algorithm) {
	for _, a := range c.Algorithms {
		if a.Coding != "" && (coding == "*" || strings.EqualFold(coding, a.Coding)) {
			found = a
		}
	}
	return found
}

func (c *Config) named(name string) *Algorithm {
	for _, a := range c.Algorithms {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// quality reads an element of Accept-Encoding: a coding and its weight in thousandths (RFC 9110, section 12.4.2), 1000
// without one.
func quality(element string) (coding string, q int) {
	coding, parameters, _ := strings.Cut(element, ";")
	q = 1000
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, weight, found := strings.Cut(strings.TrimSpace(parameter), "=")
		if found && strings.EqualFold(strings.TrimSpace(name), "q") {
			q = thousandths(strings.TrimSpace(weight))
		}
	}
	return strings.TrimSpace(coding), q
}

// thousandths reads a number between 0 and 1; what is none is 0.
func thousandths(text string) (n int) {
	whole, fraction, _ := strings.Cut(text, ".")
	if whole == "1" {
		return 1000
	}
	for i, unit := 0, 100; i < len(fraction) && unit > 0; i, unit = i+1, unit/10 {
		if fraction[i] < '0' || fraction[i] > '9' {
			return 0
		}
		n += int(fraction[i]-'0') * unit
	}
	return n
}

// broken reports whether the client says that it takes compressed bodies and does not: browsers of the fourth generation,
// but for later MSIE.
func broken(request *message.Message) bool {
	i := request.Find("user-agent", -1)
	if i < 0 {
		return false
	}
	agent := string(request.Value(i))
	if !strings.HasPrefix(agent, "Mozilla/4") {
		return false
	}
	_, version, found := strings.Cut(agent, "MSIE ")
	if !found || version == "" {
		return true
	}
	digits := version[:len(version)-len(strings.TrimLeft(version, "0123456789"))]
	switch {
	case len(digits) > 1, digits > "6":
		return false
	case digits == "6":
		return !strings.Contains(version, "SV1") // Windows XP SP2
	}
	return true
}
