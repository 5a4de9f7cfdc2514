package stream

// Verdict is what a rule says of the stream's further way.
type Verdict uint8

const (
	Continue   Verdict = iota // evaluate the next rule
	Stop                      // end this rule set, the exchange goes on
	Reply                     // answer the client with Stream.Response as it stands; nothing is forwarded
	Deny                      // refuse: Stream.Response holds the answer in HTTP, TCP closes
	Abort                     // close without an answer
	Failed                    // internal error: 500
	Wait                      // what has arrived does not decide yet: run the rule set again from its start when there is more
	SwitchHTTP                // the bytes of this TCP connection are HTTP: go on as such (switch-mode http)
	Tarpit                    // as Deny, but only after the tarpit timeout
)
