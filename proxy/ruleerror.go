package proxy

import (
	"errors"
	"strings"

	"tidelock/proxy/config"
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
	switch {
	case fault.Part == rule.InAction && tcp, fault.Part == rule.UnknownName:
		b.fail(err, r, "%s", sentence(err))
	case fault.Part == rule.InAction:
		b.fail(err, r, "error detected in %s while parsing '%s' rule : %s", where, name, sentence(err))
	case fault.Part == rule.AfterAction && tcp:
		b.fail(err, r, "'%s' only accepts 'if' or 'unless', in %s (got '%s')", name, where, r.Words[fault.Fault.Word].Text)
	case fault.Part == rule.AfterAction:
		b.fail(err, r, "'%s' expects either 'if' or 'unless' followed by a condition but found '%s'.", name, r.Words[fault.Fault.Word].Text)
	case tcp:
		b.fail(err, r, "'%s' : error detected in %s while parsing condition : %s", name, where, err)
	default:
		b.fail(err, r, "error detected while parsing an '%s' condition : %s", name, sentence(err))
	}
}
