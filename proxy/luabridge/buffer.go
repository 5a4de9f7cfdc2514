package luabridge

import "tidelock/proxy/stream"

// actionBuffer returns what a Channel works on in actions, fetches and converters.
func actionBuffer(s *stream.Stream, isResponse bool) buffer {
	in, head := s.RequestInput, s.Request
	if isResponse {
		in, head = s.ResponseInput, s.Response
	}
	if head != nil {
		b := &headBuffer{}
		if !head.Empty() {
			stream.AddHead(&b.size, head)
		}
		return b
	}
	if source, ok := in.(stream.BufferedInput); ok {
		return &inputBuffer{source.Buffer()}
	}
	if source, ok := s.RequestInput.(stream.AnswerableInput); ok && isResponse {
		return &inputBuffer{source.Answer()}
	}
	return &headBuffer{}
}

// inputBuffer is the content of a TCP connection.
type inputBuffer struct{ stream.Buffer }

// Final implements buffer.
func (b *inputBuffer) Final() bool { return b.Ended() }

// headBuffer is a direction in HTTP mode, of which only the size is told.
type headBuffer struct{ size int64 }

// Data implements buffer.
func (b *headBuffer) Data() []byte { return make([]byte, b.size) }

// Pass implements buffer.
func (*headBuffer) Pass(int) {}

// Send implements buffer.
func (*headBuffer) Send([]byte) {}

// Replace implements buffer.
func (*headBuffer) Replace(int, int, []byte) bool { return false }

// Room implements buffer.
func (*headBuffer) Room() int { return 1 }

// Final implements buffer.
func (*headBuffer) Final() bool { return false }

// Passed implements buffer.
func (*headBuffer) Passed() int { return 0 }
