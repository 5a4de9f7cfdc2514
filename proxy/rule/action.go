package rule

import (
	"slices"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// row compiles the arguments of an action.
type row func(p *parser) (action, error)

// actions are the rows by rule set and name. A name that ends with a parenthesis has an argument in parentheses.
var actions map[stream.RuleSet]map[string]row

// The rule sets that rows are for.
var (
	inRequest       = []stream.RuleSet{stream.HTTPRequest}
	inResponse      = []stream.RuleSet{stream.HTTPResponse, stream.HTTPAfterResponse}
	beforeReply     = []stream.RuleSet{stream.HTTPRequest, stream.HTTPResponse}
	inHTTP          = []stream.RuleSet{stream.HTTPRequest, stream.HTTPResponse, stream.HTTPAfterResponse}
	beforeExchange  = []stream.RuleSet{stream.TCPConnection, stream.TCPSession}
	inContent       = []stream.RuleSet{stream.TCPRequest, stream.TCPResponse}
	inTCP           = slices.Concat(beforeExchange, inContent)
	beforeService   = []stream.RuleSet{stream.HTTPRequest, stream.TCPRequest}
	everywhere      = slices.Concat(inHTTP, inTCP)
	closingWithHTTP = slices.Concat(inTCP, inRequest)
)

func init() {
	actions = map[stream.RuleSet]map[string]row{}
	for _, a := range []struct {
		name    string
		sets    []stream.RuleSet
		compile row
	}{
		{"accept", inTCP, control(stream.Stop)},
		{"add-header", inHTTP, addHeader},
		{"allow", inHTTP, control(stream.Stop)},
		{"del-header", inHTTP, deleteHeader},
		{"deny", beforeReply, deny},
		{"redirect", beforeReply, redirect},
		{"reject", closingWithHTTP, control(stream.Abort)},
		{"replace-header", inHTTP, replaceHeader},
		{"replace-path", inRequest, replaceURI(pathPart)},
		{"replace-pathq", inRequest, replaceURI(pathQueryPart)},
		{"replace-uri", inRequest, replaceURI(uriPart)},
		{"replace-value", inHTTP, replaceValue},
		{"return", beforeReply, returnReply},
		{"set-header", inHTTP, setHeader},
		{"set-method", inRequest, setMethod},
		{"set-path", inRequest, setURI(pathPart)},
		{"set-pathq", inRequest, setURI(pathQueryPart)},
		{"set-query", inRequest, setURI(queryPart)},
		{"set-status", inResponse, setStatus},
		{"set-uri", inRequest, setURI(uriPart)},
		{"set-var(", everywhere, setVariable},
		{"set-var-fmt(", everywhere, setVariableFormat},
		{"silent-drop", everywhere, control(stream.Abort)},
		{"unset-var(", everywhere, unsetVariable},
		{"use-service", beforeService, useService},
		{"wait-for-body", beforeReply, waitForBody},
	} {
		for _, set := range a.sets {
			if actions[set] == nil {
				actions[set] = map[string]row{}
			}
			actions[set][a.name] = a.compile
		}
	}
}

// control compiles an action that does nothing but decide.
func control(v stream.Verdict) row {
	return func(*parser) (action, error) {
		return func(*sample.Context) stream.Verdict { return v }, nil
	}
}
