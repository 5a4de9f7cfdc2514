package stream

// Buffer is content of a TCP connection that scripts may change and send on while rules look at it. Its methods belong to
// the stream's goroutine.
type Buffer interface {
	// Data returns what has come in and was not passed on. It aliases the connection's buffer: valid until a method
	// changes it.
	Data() []byte
	// Pass lets the first n bytes of Data go on, or as many as there are.
	Pass(n int)
	// Send lets p go on before Data. Ask Room first.
	Send(p []byte)
	// Replace puts p in the place of n bytes of Data from an offset on; both lie within Data. It reports false, and
	// changes nothing, when there is no room.
	Replace(offset, n int, p []byte) bool
	// Room returns how many bytes more there is room for.
	Room() int
	// Ended reports whether no more will come in, as far as is known.
	Ended() bool
	// Passed returns how many bytes were passed on and have not left yet.
	Passed() int
	// More waits until more has come in, as long as rules may wait. It returns an error when no more will.
	More() error
}

// BufferedInput is an Input whose content may be changed.
type BufferedInput interface {
	Input
	Buffer() Buffer
}

// AnswerableInput is an Input whose sender may be answered, although nothing of an answer has come yet.
type AnswerableInput interface {
	Input
	Answer() Buffer
}
