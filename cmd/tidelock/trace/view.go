package trace

import (
	"fmt"
	"slices"
	"strings"

	"tidelock/cmd/tidelock/admin"
)

// maxRows bounds the executions that a view keeps.
const maxRows = 1000

// View is what a terminal shows: the newest executions, and one of them in detail. It is used by one goroutine.
type View struct {
	rows     []admin.Execution // in the order of their start
	missed   int64
	filter   admin.Filter
	selected uint64 // 0: the newest
	expanded bool
	paused   bool
	typing   bool // into filter.Registration
}

// Take adds an execution, or its next state.
func (v *View) Take(line admin.Line) {
	v.missed += line.Missed
	if line.Execution == nil || v.paused {
		return
	}
	for i := len(v.rows) - 1; i >= 0; i-- {
		if v.rows[i].ID == line.ID {
			v.rows[i] = *line.Execution
			return
		}
	}
	v.rows = append(v.rows, *line.Execution)
	if len(v.rows) > maxRows {
		v.rows = slices.Delete(v.rows, 0, len(v.rows)-maxRows)
	}
}

// Keys beyond letters, as Key takes them.
const (
	KeyUp        = rune(-1)
	KeyDown      = rune(-2)
	keyEnter     = '\r'
	keyEscape    = '\x1b'
	keyBackspace = '\x7f'
	keyInterrupt = '\x03'
)

// Key reacts to a key, and reports whether it ends the view.
func (v *View) Key(key rune) (quit bool) {
	if key == keyInterrupt {
		return true
	}
	if v.typing {
		v.typed(key)
		return false
	}
	switch key {
	case 'q':
		return true
	case ' ':
		v.paused = !v.paused
	case '/':
		v.typing = true
	case 'o':
		next := []string{"", admin.Failed, "ok"}
		v.filter.Outcome = next[(slices.Index(next, v.filter.Outcome)+1)%len(next)]
	case keyEnter, '\n':
		v.expanded = !v.expanded
	case keyEscape:
		v.selected, v.expanded, v.filter = 0, false, admin.Filter{}
	case KeyUp, 'k':
		v.move(-1)
	case KeyDown, 'j':
		v.move(1)
	}
	return false
}

func (v *View) typed(key rune) {
	text := []rune(v.filter.Registration)
	switch {
	case key == keyEnter || key == '\n':
		v.typing = false
	case key == keyEscape:
		v.typing, text = false, nil
	case key == keyBackspace:
		text = text[:max(0, len(text)-1)]
	case key >= ' ':
		text = append(text, key)
	}
	v.filter.Registration = string(text)
}

// visible are the rows that pass the filter.
func (v *View) visible() []*admin.Execution {
	var rows []*admin.Execution
	for i := range v.rows {
		if v.filter.Passes(&v.rows[i]) {
			rows = append(rows, &v.rows[i])
		}
	}
	return rows
}

// at is the place of the selected row.
func (v *View) at(rows []*admin.Execution) int {
	i := slices.IndexFunc(rows, func(x *admin.Execution) bool { return x.ID == v.selected })
	if i < 0 {
		return len(rows) - 1
	}
	return i
}

// move selects another row. Behind the newest one the selection follows what comes.
func (v *View) move(by int) {
	rows := v.visible()
	if len(rows) == 0 {
		return
	}
	i := max(0, v.at(rows)+by)
	if i >= len(rows)-1 {
		v.selected = 0
		return
	}
	v.selected = rows[i].ID
}

// Render returns the lines of a screen, none longer than it is wide.
func (v *View) Render(width, height int) []string {
	rows := v.visible()
	at := v.at(rows)
	var below []string
	if v.expanded && at >= 0 {
		below = details(rows[at])
		below = below[:min(len(below), max(0, height-4))]
	}
	room := max(1, height-2-len(below))
	first := max(0, min(at-room/2, len(rows)-room))
	lines := []string{v.heading(len(rows))}
	for i := first; i < len(rows) && i < first+room; i++ {
		mark := "  "
		if i == at {
			mark = "> "
		}
		lines = append(lines, mark+summary(rows[i]))
		if i == at {
			lines = append(lines, below...)
		}
	}
	for len(lines) < height-1 {
		lines = append(lines, "")
	}
	lines = append(lines, "q quit   space pause   ↑↓ select   enter expand   o outcome   / registration   esc all")
	for i, line := range lines {
		if text := []rune(line); len(text) > width {
			lines[i] = string(text[:max(0, width)])
		}
	}
	return lines
}

func (v *View) heading(n int) string {
	parts := []string{fmt.Sprintf("%d executions", n)}
	if v.filter.Outcome != "" {
		parts = append(parts, "outcome "+v.filter.Outcome)
	}
	if v.typing || v.filter.Registration != "" {
		cursor := ""
		if v.typing {
			cursor = "_"
		}
		parts = append(parts, "registration "+printable(v.filter.Registration)+cursor)
	}
	if v.missed > 0 {
		parts = append(parts, fmt.Sprintf("%d states missed", v.missed))
	}
	if v.paused {
		parts = append(parts, "paused")
	}
	return strings.Join(parts, "   ")
}
