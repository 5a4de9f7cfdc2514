package luabridge

import (
	"context"
	"errors"
	"strconv"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/log"
	"tidelock/proxy/message"
	"tidelock/proxy/rule"
	"tidelock/proxy/stream"
)

// txnFunctions are the methods of the class TXN that it does not share with the applets, and the class Reply's.
func (m *image) txnFunctions() host.Functions {
	return host.Functions{
		"txn.log":      m.txnLog,
		"txn.deflog":   m.txnDefaultLog,
		"txn.done":     txnDone,
		"reply.reason": replyReason,

		"txn.set_loglevel":        onExchange(setLogLevel),
		"txn.set_tos":             onExchange(func(s *stream.Stream, n int64) { rule.SetTOS(s, int(n)) }),
		"txn.set_mark":            onExchange(func(s *stream.Stream, n int64) { rule.SetMark(s, int(n)) }),
		"txn.set_priority_class":  onExchange(rule.SetPriorityClass),
		"txn.set_priority_offset": onExchange(rule.SetPriorityOffset),
	}
}

// onExchange makes txn.set_*(number).
func onExchange(set func(s *stream.Stream, n int64)) host.Function {
	return func(c *host.Call) error {
		t, err := object(c)
		if err != nil {
			return err
		}
		n, err := c.Int()
		if err != nil {
			return err
		}
		if t.samples.Stream == nil {
			return errExchange
		}
		set(t.samples.Stream, n)
		return nil
	}
}

// txnLog is txn.log(level, text).
func (m *image) txnLog(c *host.Call) error {
	t, err := object(c)
	if err != nil {
		return err
	}
	level, err := c.Int()
	if err != nil {
		return err
	}
	text, err := c.String()
	if err == nil {
		m.say(c.Execution.Context(), t.samples.Stream, log.Level(level), text)
	}
	return err
}

// setLogLevel is txn.set_loglevel(level). In HAProxy 2.6 an exchange is logged at the level above the one that a script
// sets, and 0 changes nothing.
func setLogLevel(s *stream.Stream, level int64) {
	if level == 0 {
		s.Overrides.LogLevel = stream.DefaultLevel
	} else {
		s.Overrides.LogLevel = stream.LevelOf(int(level - 1))
	}
}

// txnDefaultLog is txn.deflog(text). It logs at the level of the exchange, which as in HAProxy is the highest one until
// somebody sets another.
func (m *image) txnDefaultLog(c *host.Call) error {
	t, err := object(c)
	if err != nil {
		return err
	}
	text, err := c.String()
	if err == nil {
		level := log.Emergency
		if s := t.samples.Stream; s != nil {
			if severity, set := s.Overrides.LogLevel.Severity(); set {
				level = min(log.Level(severity+1), log.Debug)
			}
		}
		m.say(c.Execution.Context(), t.samples.Stream, level, text)
	}
	return err
}

// say logs to the targets of the section that the exchange has come to, and to the process's own log when it has none.
func (m *image) say(ctx context.Context, s *stream.Stream, level log.Level, text []byte) {
	if m.bridge.mask != nil {
		text = []byte(m.bridge.masked(string(text)))
	}
	m.bridge.config.Record(ctx, level, string(text))
	if s != nil {
		section := s.Backend
		if section == nil {
			section = s.Frontend
		}
		if section != nil && section.Say != nil && section.Say(int(level), text) {
			return
		}
	}
	m.bridge.config.Console(ctx, level, string(text))
}

// txnDone is txn.done([status, reason, headers, body]): it ends the execution and the exchange. Without arguments the
// client gets no answer.
func txnDone(c *host.Call) error {
	t, err := object(c)
	if err != nil {
		return err
	}
	if !t.answers {
		t.finish() // in a sample fetch it is core.done
		return errFinished
	}
	verdict := stream.Abort
	if c.Arguments.More() && t.samples.Stream.Response != nil {
		if err := answer(t.samples.Stream.Response, c); err != nil {
			t.samples.Stream.Response.Reset()
			return err
		}
		verdict = stream.Reply
	}
	t.finish()
	t.verdict = verdict
	return errFinished
}

// answer makes m the reply that the arguments describe: status, reason, headers, body.
func answer(m *message.Message, c *host.Call) error {
	status, reason, headers, body := c.Next(), c.Next(), c.Next(), c.Next()
	code := int64(200)
	if status.Type != abi.Nil {
		var ok bool
		if code, ok = host.ToInt(status); !ok || code < 200 || code > 599 {
			return errors.New("invalid status of a reply: it must be between 200 and 599")
		}
	}
	phrase := reason.Bytes
	if reason.Type != abi.String {
		phrase = []byte(message.ReasonOf(int(code)))
	}
	if err := checkValue(phrase); err != nil {
		return err
	}
	m.Reset()
	if !m.SetResponse(int(code), phrase) {
		return errTooLarge
	}
	for entries := headers.Entries(); headers.Type == abi.Table && entries.More(); {
		name, values := entries.Next(), entries.Next()
		if err := addValues(m, name, values); err != nil {
			return err
		}
	}
	if !m.Set("content-length", strconv.AppendInt(nil, int64(len(body.Bytes)), 10)) {
		return errTooLarge
	}
	if body.Type == abi.String {
		m.SetBody(body.Bytes)
	}
	return nil
}

// addValues adds headers of one name. What is no list, or no text in it, is passed over, as HAProxy does.
func addValues(m *message.Message, name, values abi.Value) error {
	if name.Type != abi.String || values.Type != abi.Table {
		return nil
	}
	for list := values.Entries(); list.More(); {
		list.Next()
		v := list.Next()
		if v.Type != abi.String && v.Type != abi.Integer && v.Type != abi.Float {
			continue
		}
		content := toSample(v)
		text := content.AppendText(nil)
		if err := checkHeader(name.Bytes, text); err != nil {
			return err
		}
		if !m.Add(string(name.Bytes), text) {
			return errTooLarge
		}
	}
	return nil
}

// replyReason is reply.reason(status) -> the usual reason phrase.
func replyReason(c *host.Call) error {
	status, err := c.Int()
	if err == nil {
		c.Results.String(message.ReasonOf(int(status)))
	}
	return err
}
