package sample

import "tidelock/proxy/stream"

// Phase is a set of points in the life of an exchange, or of the process, at which samples are evaluated. They are those
// that `haproxy -dKsmp` lists, in its order.
type Phase uint32

// The single phases.
const (
	Connection           Phase = 1 << iota // tcp-request connection: accepted, nothing was read
	Session                                // tcp-request session: handshakes are over
	FrontendTCPRequest                     // tcp-request content
	FrontendHTTPRequest                    // http-request
	frontendRequestBody                    //
	Switching                              // use_backend
	BackendTCPRequest                      // tcp-request content
	BackendHTTPRequest                     // http-request
	backendRequestBody                     //
	ServerChoice                           // use-server, balance, stick match and on
	SourceChoice                           // the address that a server is connected from
	BackendTCPResponse                     // tcp-response content
	BackendHTTPResponse                    // http-response
	backendResponseBody                    //
	StoreResponse                          // stick store-response
	frontendTCPResponse                    // HAProxy has such a phase, but no rules in it
	FrontendHTTPResponse                   // http-response, http-after-response
	frontendResponseBody                   //
	Log                                    // the exchange is over
	Check                                  // expect rules of health checks
	Load                                   // while the configuration is read
	CLI                                    // commands of the runtime API
	everyPhase           = 1<<iota - 1
)

// The phases of rules that a section has which is a frontend, a backend or both.
const (
	TCPRequest   = FrontendTCPRequest | BackendTCPRequest
	HTTPRequest  = FrontendHTTPRequest | BackendHTTPRequest
	TCPResponse  = BackendTCPResponse
	HTTPResponse = BackendHTTPResponse | FrontendHTTPResponse
)

var phaseNames = [...]string{
	"frontend tcp-request connection rule", "frontend tcp-request session rule", "frontend tcp-request content rule",
	"frontend http-request header rule", "frontend http-request body rule", "frontend use-backend rule",
	"backend tcp-request content rule", "backend http-request header rule", "backend http-request body rule",
	"backend use-server, balance or stick-match rule", "server source selection",
	"backend tcp-response content rule", "backend http-response header rule", "backend http-response body rule",
	"backend stick-store rule", "frontend tcp-response content rule", "frontend http-response header rule",
	"frontend http-response body rule", "logs", "backend tcp-check rule", "configuration parser", "CLI parser",
}

// String returns HAProxy's name of the phase, of a set that of the first one in it.
func (p Phase) String() string {
	for i, name := range phaseNames {
		if p&(1<<i) != 0 {
			return name
		}
	}
	return "no phase"
}

// PhaseOf returns the phase in which a rule set runs.
func PhaseOf(set stream.RuleSet) Phase {
	switch set {
	case stream.TCPConnection:
		return Connection
	case stream.TCPSession:
		return Session
	case stream.TCPRequest:
		return TCPRequest
	case stream.TCPResponse:
		return TCPResponse
	case stream.HTTPResponse, stream.HTTPAfterResponse:
		return HTTPResponse
	default:
		return HTTPRequest
	}
}

// In returns the part of p that a section has which is a frontend, a backend or both.
func (p Phase) In(frontend, backend bool) Phase {
	if !frontend {
		p &^= Connection | Session | FrontendTCPRequest | FrontendHTTPRequest | frontendRequestBody | Switching |
			frontendTCPResponse | FrontendHTTPResponse | frontendResponseBody
	}
	if !backend {
		p &^= BackendTCPRequest | BackendHTTPRequest | backendRequestBody | ServerChoice | SourceChoice |
			BackendTCPResponse | BackendHTTPResponse | backendResponseBody | StoreResponse
	}
	return p
}

// Source is what a fetch reads. It decides in which phases the fetch works.
type Source uint8

const (
	constants        Source = iota // and what the process itself knows
	internalState                  // of proxies, tables and the exchange
	clientAddress                  // and other properties of the client's connection
	frontend                       //
	clientConnection               // what handshakes have told
	requestMessage                 // the parts of the request that outlive it
	requestHeaders                 // and the request's body
	requestBuffer                  // bytes that were not passed on
	messageHeaders                 // of the request or of the response, whichever is processed
	messageBuffer                  //
	backend                        //
	server                         //
	serverAddress                  // and other properties of the server's connection
	serverConnection               //
	responseMessage                // the parts of the response that outlive it
	responseHeaders                // and the response's body
	responseBuffer                 //
	cache                          //
)

// The phases of a direction. What is read of a request is gone once it was forwarded.
const (
	onRequest = FrontendTCPRequest | FrontendHTTPRequest | frontendRequestBody | Switching |
		BackendTCPRequest | BackendHTTPRequest | backendRequestBody | ServerChoice | SourceChoice
	onResponse = BackendTCPResponse | BackendHTTPResponse | backendResponseBody | StoreResponse |
		frontendTCPResponse | FrontendHTTPResponse | frontendResponseBody
	onBackend = BackendTCPRequest | BackendHTTPRequest | backendRequestBody | ServerChoice | SourceChoice
)

// sources have the names that HAProxy's messages give them, and their phases.
var sources = [...]struct {
	name   string
	phases Phase
}{
	constants:        {"constants", everyPhase},
	internalState:    {"internal state", everyPhase &^ Load},
	clientAddress:    {"client address", everyPhase &^ (Load | CLI)},
	frontend:         {"frontend", everyPhase &^ (Load | CLI | Check)},
	clientConnection: {"client-side connection", everyPhase &^ (Load | CLI | Check | Connection)},
	requestMessage:   {"HTTP request", onRequest | onResponse | Log},
	requestHeaders:   {"HTTP request headers", onRequest},
	requestBuffer:    {"request buffer", onRequest},
	messageHeaders:   {"HTTP request headers,HTTP response headers", onRequest | onResponse | Check},
	messageBuffer:    {"request buffer,response buffer", onRequest | onResponse | Check},
	backend:          {"backend", onBackend | onResponse | Log | Check},
	server:           {"server", SourceChoice | onResponse | Log | Check},
	serverAddress:    {"server address", onResponse | Log | Check},
	serverConnection: {"server-side connection", onResponse | Log | Check},
	responseMessage:  {"HTTP response", onResponse | Log | Check},
	responseHeaders:  {"HTTP response headers", onResponse | Check},
	responseBuffer:   {"response buffer", onResponse | Check},
	cache:            {"HTTP response", SourceChoice | onResponse | Log | Check},
}

// String returns the name that HAProxy's messages give the source.
func (s Source) String() string { return sources[s].name }

// Phases returns where f works.
func (f *Fetch) Phases() Phase { return sources[f.Source].phases }
