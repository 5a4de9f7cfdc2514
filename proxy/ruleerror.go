package proxy

import (
	"errors"
	"fmt"
	"strings"

	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/rule"
	"tidelock/proxy/sample"
)

// failRule reports an error in a rule. The rules of TCP have other words for it than those of HTTP.
func (b *builder) failRule(section *config.Proxy, err error, r config.Rule) {
	var fault *rule.Error
	if !errors.As(err, &fault) {
		fault = &rule.Error{Fault: &sample.Error{Text: err.Error()}}
	}
	where := section.Kind.String() + " '" + section.Name + "'"
	name := r.Set
	if len(r.Words) > 0 {
		name += " " + r.Words[0].Text
	}
	tcp := strings.HasPrefix(r.Set, "tcp-")
	b.diags.Abandon()
	switch {
	case fault.Part == rule.InAction && tcp, fault.Part == rule.UnknownName:
		b.fail(err, r, "%s", sentence(err))
	case fault.Part == rule.InAction:
		b.fail(err, r, "error detected in %s while parsing '%s' rule : %s%s", where, name, err, fullStop(err))
	case fault.Part == rule.AfterAction && tcp:
		b.fail(err, r, "'%s' only accepts 'if' or 'unless', in %s (got '%s')", name, where, r.Words[fault.Fault.Word].Text)
	case fault.Part == rule.AfterAction:
		b.diags.Add(syntax.Diagnostic{Severity: syntax.Alert, Position: b.position(err, r), Tight: true, Reason: fmt.Sprintf(
			"'%s' expects either 'if' or 'unless' followed by a condition but found '%s'.", name, r.Words[fault.Fault.Word].Text)})
	case tcp:
		keyword := r.Words[fault.Keyword].Text
		b.fail(err, r, "'%s' : error detected in %s while parsing '%s' condition : %s", name, where, keyword, err)
	default:
		b.fail(err, r, "error detected while parsing an '%s' condition : %s", name, sentence(err))
	}
}

// fullStop ends an error's text as HAProxy does, which looks at nothing before it. Suggestions are questions of ours.
func fullStop(err error) string {
	if strings.HasSuffix(err.Error(), "?") {
		return ""
	}
	return "."
}
