package luabridge

import (
	"bytes"
	"errors"
	"time"

	"tidelock/host"
)

// errFinished ends a script that asked for it. It is raised in the script, and Bridge finds the execution finished.
var errFinished = errors.New("the execution is done")

// coreFunctions are the functions of the class core that need the data plane; host.Standard has the others.
func (m *image) coreFunctions() host.Functions {
	return host.Functions{
		"core.thread":       m.thread,
		"core.done":         done,
		"core.tokenize":     tokenize,
		"core.get_info":     m.getInfo,
		"core.secret":       m.secret,
		"act.wake_time":     wakeTime,
		"core.get_var":      getProcessVariable,
		"core.http_date":    date(time.RFC1123, "Monday, 02-Jan-06 15:04:05 MST", time.ANSIC),
		"core.imf_date":     date(time.RFC1123),
		"core.rfc850_date":  date("Monday, 02-Jan-06 15:04:05 MST"),
		"core.asctime_date": date(time.ANSIC),
	}
}

// thread is core.thread(instance) -> 0 for scripts that all threads share, else the thread's number from 1.
func (m *image) thread(c *host.Call) error {
	instance, err := c.Int()
	if err != nil {
		return err
	}
	if !m.kind.perThread {
		instance = -1
	}
	c.Results.Int(instance + 1)
	return nil
}

// done is core.done([result]): it ends the execution as if its function had returned the result.
func done(c *host.Call) error {
	t, ok := c.Execution.Subject.(subject)
	if !ok {
		return errFinished // a task or an init function, which nobody waits for
	}
	t.transaction().finished = true
	if c.Arguments.More() {
		t.transaction().result = toSample(c.Next()).Clone()
	}
	return errFinished
}

// tokenize is core.tokenize(text, separators, noblank) -> {token...}.
func tokenize(c *host.Call) error {
	text, err := c.String()
	if err != nil {
		return err
	}
	separators, err := c.String()
	if err != nil {
		return err
	}
	skipBlank := c.Next().Truth()
	mark := c.Results.BeginTable()
	number := int64(0)
	for text != nil {
		var token []byte
		if i := bytes.IndexAny(text, string(separators)); i >= 0 {
			token, text = text[:i], text[i+1:]
		} else {
			token, text = text, nil
		}
		if len(token) == 0 && skipBlank {
			continue
		}
		number++
		c.Results.Int(number)
		c.Results.StringBytes(token)
	}
	c.Results.EndTable(mark)
	return nil
}

// date returns *_date(text) -> seconds since 1970, nil when the text has none of the layouts.
func date(layouts ...string) host.Function {
	return func(c *host.Call) error {
		text, err := c.String()
		if err != nil {
			return err
		}
		for _, layout := range layouts {
			if t, err := time.Parse(layout, string(text)); err == nil {
				c.Results.Int(t.Unix())
				return nil
			}
		}
		c.Results.Nil()
		return nil
	}
}
