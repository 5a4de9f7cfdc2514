package luabridge

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"tidelock/host"
	"tidelock/proxy/log"
	"tidelock/proxy/stream"
)

// contextOf returns the context that bounds what is done for s.
func contextOf(s *stream.Stream) context.Context {
	if s == nil || s.Context == nil {
		return context.Background()
	}
	return s.Context
}

// failed logs that an execution failed, unless it was cut because nobody waits for it any more: in the name of the section
// whose exchange it served, nil for none.
func (m *image) failed(s *stream.Stream, who string, err error) {
	if errors.Is(err, host.ErrCancelled) || errors.Is(err, host.ErrClosed) {
		return
	}
	if s != nil && m.generation != nil {
		m.generation.errors.Add(1)
	}
	ctx, text := contextOf(s), who+": "+m.failure(err)
	if failed := (*host.ExecutionError)(nil); errors.As(err, &failed) && failed.Context != nil {
		ctx = failed.Context
	}
	if s == nil {
		m.bridge.config.Record(ctx, log.Error, text)
		m.bridge.config.Log(ctx, log.Error, text)
	} else {
		m.say(ctx, s, log.Error, []byte(text))
	}
}

// failure describes how an execution ended, as HAProxy does.
func (m *image) failure(err error) string {
	var failed *host.ExecutionError
	if !errors.As(err, &failed) {
		return err.Error() + "."
	}
	state := "[state-id 0] "
	if m.kind.perThread {
		state = ""
	}
	switch failed.Kind {
	case host.ErrScript:
		if strings.HasPrefix(failed.Message, "(error object is a ") {
			return state + "unknown runtime error" + from(failed) + "."
		}
		return state + "runtime error: " + failed.Message + from(failed) + "."
	case host.ErrTimeout:
		return state + "runtime error: execution timeout" + from(failed) + "."
	case host.ErrOutOfFuel:
		return state + "runtime error: out of fuel" + from(failed) + "."
	case host.ErrOutOfMemory:
		return "out of memory error" + from(failed) + "." // HAProxy does not say where
	default:
		text := failed.Kind.Error()
		if failed.Message != "" {
			text += ": " + failed.Message
		}
		return text + "."
	}
}

// initFailure describes the failure of a core.register_init function.
func initFailure(err error) string {
	var failed *host.ExecutionError
	if !errors.As(err, &failed) {
		return err.Error()
	}
	switch failed.Kind {
	case host.ErrScript:
		return "Lua init: runtime error: '" + failed.Message + "'" + from(failed)
	case host.ErrOutOfMemory:
		return "Lua init: out of memory error: " + strings.TrimPrefix(from(failed), " from ")
	default:
		return "Lua init: " + failed.Kind.Error() + ": " + failed.Message
	}
}

// mainFailure describes the failure of a file's main chunk; one that does not even compile has no traceback.
func mainFailure(path string, err error) string {
	var failed *host.ExecutionError
	if !errors.As(err, &failed) {
		return "error in Lua file '" + path + "': " + err.Error()
	}
	switch {
	case failed.Kind == host.ErrScript && failed.Traceback == "":
		return "error in Lua file '" + path + "': " + failed.Message
	case failed.Kind == host.ErrScript:
		return "Lua runtime error: " + failed.Message
	case failed.Kind == host.ErrOutOfMemory:
		return "Lua out of memory error"
	default:
		return "Lua " + failed.Kind.Error() + ": " + failed.Message
	}
}

var (
	definedAt = regexp.MustCompile(`in function <.*:(\d+)>$`)
	qualified = regexp.MustCompile(`in function '(?:[^']*\.)([^.']*)'$`)
	global    = regexp.MustCompile(`in function '([^']*)'$`)
)

// from puts Lua's traceback into one line as HAProxy writes it, without the frames that scripts know nothing of: those
// of the prelude, whose chunk names stand in angle brackets, and the guest's own.
func from(failed *host.ExecutionError) string {
	var frames []string
	for line := range strings.Lines(failed.Traceback) {
		frame := strings.TrimSpace(line)
		if frame == "stack traceback:" || frame == "" || strings.HasPrefix(frame, "<") || frame == "[C]: in ?" {
			continue
		}
		frame = definedAt.ReplaceAllString(frame, "in function line $1")
		frame = qualified.ReplaceAllString(frame, "in field '$1'")
		frame = global.ReplaceAllString(frame, "in global '$1'")
		frames = append(frames, frame)
	}
	if len(frames) == 0 {
		return ""
	}
	// The outermost is the registered function, which the prelude calls by a name of its own.
	outermost := &frames[len(frames)-1]
	if position, ok := strings.CutSuffix(*outermost, "in upvalue 'f'"); ok {
		*outermost = position + "in function line " + strconv.Itoa(failed.Registration.Line)
	}
	return " from " + strings.Join(frames, ", ")
}
