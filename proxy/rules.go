package proxy

import (
	"errors"
	"strings"
	"time"

	"tidelock/proxy/acl"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/frontend"
	"tidelock/proxy/logformat"
	"tidelock/proxy/rule"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// rules are a section's rules, compiled. A function is nil when there is nothing to run.
type rules struct {
	acls *acl.Set

	connection, session, content, request    verdict
	responseContent, response, afterResponse verdict
}

// verdict runs rules over an exchange.
type verdict = func(*stream.Stream) stream.Verdict

// rulesOf returns the rules of a section. A listen section runs the same ones as frontend and as backend.
func (b *builder) rulesOf(section *config.Proxy) *rules {
	if b.rules[section] == nil {
		b.rules[section] = b.compileRules(section)
	}
	return b.rules[section]
}

// compileRules compiles the rules of a section. Those of its defaults section come first, with their own ACLs.
func (b *builder) compileRules(section *config.Proxy) *rules {
	chains := map[stream.RuleSet][]*rule.Rule{}
	b.compileList(section, section.Inherited, &acl.Set{}, chains)
	acls := &acl.Set{}
	b.compileList(section, section.Rules, acls, chains)
	return &rules{
		acls:            acls,
		connection:      chain(stream.TCPConnection, chains),
		session:         chain(stream.TCPSession, chains),
		content:         chain(stream.TCPRequest, chains),
		request:         chain(stream.HTTPRequest, chains),
		responseContent: chain(stream.TCPResponse, chains),
		response:        chain(stream.HTTPResponse, chains),
		afterResponse:   chain(stream.HTTPAfterResponse, chains),
	}
}

func (b *builder) compileList(section *config.Proxy, list []config.Rule, acls *acl.Set, chains map[stream.RuleSet][]*rule.Rule) {
	for _, r := range list {
		set := stream.RuleSet(r.Set)
		switch {
		case r.Set == "acl":
			if err := acls.Add(b.compiler(phaseOf(section), r.At, r.Folder), syntax.Texts(r.Words)); err != nil {
				b.fail(err, r, "error detected while parsing ACL '%s' : %s", r.Words[0].Text, sentence(err))
			}
			continue
		case len(r.Words) == 0:
			b.diags.Alertf(r.At, "'%s' expects an action.", r.Set)
			continue
		}
		compiled, err := b.ruleCompiler(section, set, acls, r).Compile(syntax.Texts(r.Words))
		if err != nil {
			b.fail(err, r, "error detected in %s '%s' while parsing '%s %s' rule : %s",
				section.Kind, section.Name, r.Set, r.Words[0].Text, sentence(err))
			continue
		}
		chains[set] = append(chains[set], compiled)
	}
}

func (b *builder) ruleCompiler(section *config.Proxy, set stream.RuleSet, acls *acl.Set, r config.Rule) *rule.Compiler {
	pages := b.errorReply(section)
	k := &rule.Compiler{
		Set: set, Mode: b.identities[section].Mode, ACLs: acls,
		Warn:  func(text string) { b.diags.Warnf(r.At, "%s.", text) },
		Files: r.Folder.ReadFile,
		WaitForBody: func(s *stream.Stream, timeout time.Duration, atLeast int64) stream.Verdict {
			return contentOf(s, set).Await(timeout, atLeast)
		},
		ErrorReply: func(s *stream.Stream, status int) {
			if pages == nil || !pages(s, status) {
				frontend.DefaultReply(s.Response, status)
			}
		},
	}
	if b.scripts != nil {
		k.Scripts = b.scripts
	}
	return k
}

// contentOf returns the content of the message that rules of a set process.
func contentOf(s *stream.Stream, set stream.RuleSet) stream.Input {
	if set == stream.HTTPResponse {
		return s.ResponseInput
	}
	return s.RequestInput
}

// chain returns what runs the rules of a set, nil without any.
func chain(set stream.RuleSet, chains map[stream.RuleSet][]*rule.Rule) verdict {
	if len(chains[set]) == 0 {
		return nil
	}
	return rule.NewChain(set, chains[set]).Run
}

// compiler returns a compiler of sample expressions for a phase. What it warns of belongs to the statement at at, and the
// files that it reads are in that statement's folder.
func (b *builder) compiler(phase sample.Phase, at syntax.Position, folder config.Folder) *sample.Compiler {
	k := &sample.Compiler{
		Phase: phase, Warn: func(text string) { b.diags.Warnf(at, "%s.", text) }, Files: folder.ReadFile,
	}
	if b.scripts != nil {
		k.Scripts = b.scripts
	}
	return k
}

func (b *builder) compileFormat(f config.Format, phase sample.Phase) (*logformat.Format, error) {
	target := logformat.Text
	if phase == sample.Log {
		target = logformat.Line
	}
	return logformat.Compile(b.compiler(phase, f.At, ""), f.Text, target)
}

func (b *builder) compileCondition(acls *acl.Set, section *config.Proxy, use config.UseBackend) (*acl.Condition, error) {
	k := b.compiler(phaseOf(section), use.Backend.At, use.Folder)
	return acls.Condition(k, syntax.Texts(use.Condition))
}

// fail reports an error in the words of a rule, at the word that it concerns.
func (b *builder) fail(err error, r config.Rule, format string, arguments ...any) {
	at := r.At
	var located *sample.Error
	if errors.As(err, &located) && located.Word < len(r.Words) {
		at = r.Words[located.Word].At
		at.Column += located.Offset
	}
	b.diags.Alertf(at, format, arguments...)
}

// sentence returns an error's text as the end of a message: with a full stop, unless it ends like a sentence already.
func sentence(err error) string {
	text := err.Error()
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}
