package server

import (
	"strconv"
	"strings"
)

// answer is what a line of an agent asks for (manual, section 5.2, "agent-check").
type answer struct {
	weight  *int // nil to leave it
	maxConn *int // nil to leave it
	admin   adminWish
	result  Result
}

// adminWish is what an agent wants of the administrative state.
type adminWish uint8

const (
	keepAdmin adminWish = iota
	askReady
	askDrain
	askMaintenance
)

// parseAnswer reads a line of words. Initial is the weight that percentages are of. What is not understood is said in the
// result and changes nothing.
func parseAnswer(line string, initial int) answer {
	var a answer
	line, description, _ := strings.Cut(line, " #")
	trouble, status := "", ""
	for _, word := range strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' }) {
		problem := ""
		switch lower := strings.ToLower(word); lower {
		case "ready":
			a.admin = askReady
		case "drain":
			a.admin = askDrain
		case "maint":
			a.admin = askMaintenance
		case "up", "down", "fail", "stopped":
			status = word
			a.result.Status = Layer7Status
			if lower == "up" {
				a.result.Status = Layer7OK
			}
		default:
			problem = a.setting(word, initial)
		}
		if trouble == "" {
			trouble = problem
		}
	}
	if status == "" {
		a.result = Result{Status: Checked, Info: trouble}
		return a
	}
	a.result.Info = "via agent : " + status
	if description = strings.TrimSpace(description); description != "" {
		a.result.Info += " (" + description + ")"
	}
	return a
}

// setting reads a weight or "maxconn:<number>". It returns what is wrong.
func (a *answer) setting(word string, initial int) (problem string) {
	if digits, found := strings.CutSuffix(word, "%"); found && digits != "" && isDigits(digits) {
		const most = 256
		percent := 100 * most
		if n, err := strconv.Atoi(digits); err == nil {
			percent = min(n, percent)
		}
		a.weight = new(min(initial*percent/100, most))
		return ""
	}
	if len(word) > 8 && strings.EqualFold(word[:8], "maxconn:") {
		n, err := strconv.ParseUint(word[8:], 10, 31)
		switch {
		case err == nil:
			a.maxConn = new(int(n))
			return ""
		case word[8] < '0' || word[8] > '9':
			return "agent warns : maxconn string empty or preceded by garbage"
		}
		return "agent warns : Trailing garbage in maxconn string"
	}
	return "agent reports an error : " + word
}

func isDigits(s string) bool {
	return strings.TrimLeft(s, "0123456789") == ""
}
