package proxy

import (
	"errors"
	"fmt"
	"strings"

	"tidelock/proxy/acl"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
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

	monitorFails                []*acl.Condition // monitor fail
	preferences                 []preference     // use-server
	forcePersist, ignorePersist []*acl.Condition
	captures                    []captureRule
	stick                       stickRules
	statsAdmin                  []*acl.Condition // stats admin
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
	l := &ruleList{builder: b, section: section, rules: &rules{}, chains: map[stream.RuleSet][]*rule.Rule{}}
	l.compile(section.Inherited)
	l.compile(section.Rules)
	compiled := l.rules
	compiled.acls = l.acls
	compiled.connection = l.chain(stream.TCPConnection)
	compiled.session = l.chain(stream.TCPSession)
	compiled.content = l.chain(stream.TCPRequest)
	compiled.request = inSequence(inSequence(inSequence(l.chain(stream.HTTPRequest), restrictNames(section)), l.statsPage()), l.chain(redirects))
	compiled.responseContent = l.chain(stream.TCPResponse)
	compiled.response = l.chain(stream.HTTPResponse)
	compiled.afterResponse = l.chain(stream.HTTPAfterResponse)
	return compiled
}

// redirects is what redirect lines fill: rules that run after those of http-request, wherever they stand.
const redirects stream.RuleSet = "redirect"

// ruleList compiles the rules of a section one after the other.
type ruleList struct {
	*builder
	section *config.Proxy
	rules   *rules
	acls    *acl.Set // those of the list at hand
	chains  map[stream.RuleSet][]*rule.Rule
}

func (l *ruleList) compile(list []config.Rule) {
	l.acls = &acl.Set{}
	for _, r := range list {
		switch r.Set {
		case "acl":
			l.declare(r)
		case "capture":
			l.capture(r.Capture)
		case "monitor fail":
			l.monitorFail(r)
		case "redirect":
			l.redirect(r)
		case "force-persist":
			l.persistRule(r, &l.rules.forcePersist)
		case "ignore-persist":
			l.persistRule(r, &l.rules.ignorePersist)
		case "stats admin":
			l.statsAdmin(r)
		case "stats http-request":
			l.statsAccess(r)
		case "use-server":
			l.useServer(r)
		case "stick match", "stick on", "stick store-request", "stick store-response":
			l.stick(r)
		default:
			l.add(r)
		}
	}
}

// add compiles a rule of a rule set.
func (l *ruleList) add(r config.Rule) {
	set := stream.RuleSet(r.Set)
	compiled, err := l.ruleCompiler(l.section, set, l.acls, r).Compile(syntax.Texts(r.Words))
	if err != nil {
		l.failRule(l.section, err, r)
		return
	}
	if earlier := l.chains[set]; len(earlier) > 0 && earlier[len(earlier)-1].Last() && strings.HasPrefix(r.Set, "http-") {
		l.diags.Add(syntax.Diagnostic{Severity: syntax.Warning, Position: r.At, Tight: true,
			Reason: fmt.Sprintf("previous '%s' action is final and has no condition attached, further entries are NOOP.", r.Set)})
	}
	l.chains[set] = append(l.chains[set], compiled)
}

// declare adds an ACL.
func (l *ruleList) declare(r config.Rule) {
	if err := l.acls.Add(l.compiler(l.section, phaseOf(l.section), r.At, r.Folder), syntax.Texts(r.Words)); err != nil {
		l.fail(err, r, "error detected while parsing ACL '%s' : %s", r.Words[0].Text, sentence(err))
	}
}

// redirect compiles a redirect line as the action of that name.
func (l *ruleList) redirect(r config.Rule) {
	words := append([]string{"redirect"}, syntax.Texts(r.Words)...)
	compiled, err := l.ruleCompiler(l.section, stream.HTTPRequest, l.acls, r).Compile(words)
	if err != nil {
		text := sentence(err)
		if fault := (*rule.Error)(nil); errors.As(err, &fault) {
			fault.Fault.Word = max(0, fault.Fault.Word-1)
			if fault.Part == rule.InCondition {
				text = "error in condition: " + text
			}
		}
		l.fail(err, r, "error detected in %s '%s' while parsing redirect rule : %s", l.section.Kind, l.section.Name, text)
		return
	}
	l.chains[redirects] = append(l.chains[redirects], compiled)
}

// monitorFail adds a condition under which the monitor's URI tells of a failure.
func (l *ruleList) monitorFail(r config.Rule) {
	condition, err := l.acls.Condition(l.compiler(l.section, sample.PhaseOf(stream.HTTPRequest), r.At, r.Folder), syntax.Texts(r.Words))
	if err != nil {
		l.fail(err, r, "error detected while parsing a 'monitor fail' condition : %s", sentence(err))
		return
	}
	l.rules.monitorFails = append(l.rules.monitorFails, condition)
}

// chain returns what runs the rules of a set, nil without any.
func (l *ruleList) chain(set stream.RuleSet) verdict {
	if len(l.chains[set]) == 0 {
		return nil
	}
	return rule.NewChain(set, l.chains[set]).Run
}

// inSequence runs second where first lets the exchange go on. Either may be nil.
func inSequence(first, second verdict) verdict {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	}
	return func(s *stream.Stream) stream.Verdict {
		if v := first(s); v != stream.Continue && v != stream.Stop || s.Service != nil {
			return v
		}
		return second(s)
	}
}

func (b *builder) ruleCompiler(section *config.Proxy, set stream.RuleSet, acls *acl.Set, r config.Rule) *rule.Compiler {
	k := &rule.Compiler{
		Set: set, Mode: b.identities[section].Mode, HasBackend: section.Kind.HasBackend(), ACLs: acls, Caches: b.caches,
		Samples:      b.compiler(section, sample.PhaseOf(set), r.At, r.Folder),
		Experimental: b.config.Global.Experimental, Tarpit: tarpitTimeout(section),
		ErrorReply: b.answerError(section), ErrorGroup: b.errorGroup, Resolver: b.resolverOf,
		Services: b.services,
	}
	if section.Kind.HasFrontend() {
		k.Frontend = b.identities[section]
	}
	return k
}

// compiler returns a compiler of sample expressions for a phase. What it warns of belongs to the statement at at, and the
// files that it reads are in that statement's folder. The global section is nil.
func (b *builder) compiler(section *config.Proxy, phase sample.Phase, at syntax.Position, folder config.Folder) *sample.Compiler {
	if section != nil {
		phase = phase.In(section.Kind.HasFrontend(), section.Kind.HasBackend())
	}
	k := &sample.Compiler{
		Phase: phase, Proxy: b.identities[section],
		Warn:  func(text string) { b.diags.Warnf(at, "%s", text) },
		Files: folder.ReadFile, Users: b.usersOf, Sink: b.logs.sink, Patterns: b.patterns, Place: b.place(at),
	}
	if b.scripts != nil {
		k.Scripts = b.scripts
	}
	return k
}

func (b *builder) compileFormat(section *config.Proxy, f config.Format, phase sample.Phase) (*logformat.Format, error) {
	target := logformat.Text
	if phase == sample.Log {
		target = logformat.Line
	}
	return logformat.Compile(b.compiler(section, phase, f.At, ""), f.Text, target)
}

func (b *builder) compileCondition(acls *acl.Set, section *config.Proxy, use config.UseBackend) (*acl.Condition, error) {
	k := b.compiler(section, sample.Switching, use.Backend.At, use.Folder)
	return acls.Condition(k, syntax.Texts(use.Condition))
}

// fail reports an error in the words of a rule, at the word that it concerns.
func (b *builder) fail(err error, r config.Rule, format string, arguments ...any) {
	b.diags.Alertf(b.position(err, r), format, arguments...)
}

// position returns where in a rule an error is.
func (b *builder) position(err error, r config.Rule) syntax.Position {
	at := r.At
	var located *sample.Error
	if errors.As(err, &located) && located.Word < len(r.Words) {
		at = r.Words[located.Word].At
		at.Column += located.Offset
	}
	return at
}

// sentence returns an error's text as the end of a message: with a full stop, unless it ends like a sentence already.
func sentence(err error) string {
	text := err.Error()
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}
