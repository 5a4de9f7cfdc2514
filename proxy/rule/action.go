package rule

import (
	"fmt"
	"slices"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// row compiles the arguments of an action.
type row func(p *parser) (action, error)

// actions are the rows by rule set and name. A name that ends with a parenthesis has an argument in parentheses.
var actions = map[stream.RuleSet]map[string]row{}

// The rule sets that rows are for.
var (
	inConnection   = []stream.RuleSet{stream.TCPConnection}
	beforeExchange = []stream.RuleSet{stream.TCPConnection, stream.TCPSession}
	inContent      = []stream.RuleSet{stream.TCPRequest}
	inReply        = []stream.RuleSet{stream.TCPResponse}
	inRequest      = []stream.RuleSet{stream.HTTPRequest}
	inResponse     = []stream.RuleSet{stream.HTTPResponse}
	inAfter        = []stream.RuleSet{stream.HTTPAfterResponse}

	inTCP         = slices.Concat(beforeExchange, inContent, inReply)
	inHTTP        = slices.Concat(inRequest, inResponse, inAfter)
	beforeReply   = slices.Concat(inRequest, inResponse)
	anyResponse   = slices.Concat(inResponse, inAfter)
	onExchange    = slices.Concat(inContent, inReply, beforeReply)
	onRequest     = slices.Concat(inContent, inRequest)
	onClient      = slices.Concat(beforeExchange, onRequest)
	beforeSending = slices.Concat(inTCP, beforeReply)
	everywhere    = slices.Concat(inTCP, inHTTP)
)

// entry is a row under its name for the rule sets that know it.
type entry struct {
	name    string
	sets    []stream.RuleSet
	compile row
}

// register adds rows to the registry. Files whose actions belong together do it in an init function of their own.
func register(entries ...entry) {
	for _, e := range entries {
		for _, set := range e.sets {
			if actions[set] == nil {
				actions[set] = map[string]row{}
			}
			actions[set][e.name] = e.compile
		}
	}
}

func init() {
	register(
		// What decides.
		entry{"accept", inTCP, control(stream.Stop)},
		entry{"allow", inHTTP, control(stream.Stop)},
		entry{"auth", inRequest, authenticate},
		entry{"close", inReply, control(stream.Abort)},
		entry{"deny", beforeReply, deny},
		entry{"expect-netscaler-cip", inConnection, expectClientIP},
		entry{"expect-proxy", inConnection, expectProxy},
		entry{"redirect", beforeReply, redirect},
		entry{"reject", slices.Concat(inTCP, inRequest), control(stream.Abort)},
		entry{"return", beforeReply, returnReply},
		entry{"silent-drop", beforeSending, silentDrop},
		entry{"switch-mode", inContent, switchMode},
		entry{"tarpit", inRequest, tarpit},
		entry{"use-service", onRequest, useService},

		// What others would have to answer.
		entry{"send-spoe-group", slices.Concat(onRequest, inReply, inResponse), refused},

		// What changes the message.
		entry{"add-header", inHTTP, addHeader},
		entry{"del-header", inHTTP, deleteHeader},
		entry{"early-hint", inRequest, earlyHint},
		entry{"normalize-uri", inRequest, normalizeURI},
		entry{"replace-header", inHTTP, replaceHeader},
		entry{"replace-path", inRequest, replaceURI(pathPart)},
		entry{"replace-pathq", inRequest, replaceURI(pathQueryPart)},
		entry{"replace-uri", inRequest, replaceURI(uriPart)},
		entry{"replace-value", inHTTP, replaceValue},
		entry{"set-header", inHTTP, setHeader},
		entry{"set-method", inRequest, setMethod},
		entry{"set-path", inRequest, setURI(pathPart)},
		entry{"set-pathq", inRequest, setURI(pathQueryPart)},
		entry{"set-query", inRequest, setURI(queryPart)},
		entry{"set-status", anyResponse, setStatus},
		entry{"set-uri", inRequest, setURI(uriPart)},
		entry{"strict-mode", inHTTP, strictMode},

		// What changes how the exchange is carried.
		entry{"disable-l7-retry", inRequest, disableReplay},
		entry{"set-dst", onClient, setAddress(destination)},
		entry{"set-dst-port", onClient, setPort(destination)},
		entry{"set-log-level", onExchange, setLogLevel},
		entry{"set-mark", beforeSending, setMark},
		entry{"set-nice", onExchange, setNice},
		entry{"set-priority-class", onRequest, setPriorityClass},
		entry{"set-priority-offset", onRequest, setPriorityOffset},
		entry{"set-src", onClient, setAddress(source)},
		entry{"set-src-port", onClient, setPort(source)},
		entry{"set-timeout", inRequest, setTimeout},
		entry{"set-tos", beforeSending, setTOS},
		entry{"wait-for-body", beforeReply, waitForBody},
		// The handshake is over before anything of HTTP is read: there is no early data.
		entry{"wait-for-handshake", inRequest, control(stream.Continue)},

		// What is kept.
		entry{"capture", inHTTP, capture},
		entry{"capture", inContent, captureContent},
		entry{"set-var(", everywhere, setVariable},
		entry{"set-var-fmt(", everywhere, setVariableFormat},
		entry{"unset-var(", everywhere, unsetVariable},
	)
}

// finalActions end the evaluation of their rule set whenever they run.
var finalActions = map[string]bool{
	"allow": true, "auth": true, "deny": true, "redirect": true, "reject": true, "return": true, "silent-drop": true,
	"tarpit": true, "use-service": true,
}

// refusedActions are those that this version knows and does not have.
var refusedActions = map[string]bool{"send-spoe-group": true}

// Refused reports whether an action is known, and refused.
func Refused(name string) bool { return refusedActions[name] }

// refused is the row of an action of refusedActions.
func refused(p *parser) (action, error) {
	return nil, fmt.Errorf("'%s' is not supported yet by this version", p.words[0])
}

// control compiles an action that does nothing but decide.
func control(v stream.Verdict) row {
	return func(*parser) (action, error) {
		return func(*sample.Context) stream.Verdict { return v }, nil
	}
}

// Has reports whether a rule set knows an action. The name of one with an argument in parentheses ends with the first of them.
func Has(set stream.RuleSet, name string) bool { return actions[set][name] != nil }
