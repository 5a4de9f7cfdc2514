package config

import "tidelock/proxy/config/syntax"

// sectionKinds is the registry of sections, by the keyword that opens them.
var sectionKinds = map[string]sectionKind{
	"global":      {in: inGlobal, keywords: globalKeywords, open: openGlobal},
	"defaults":    {in: inDefaults, keywords: proxyKeywords, open: (*parser).openProxy},
	"frontend":    {in: inFrontend, keywords: proxyKeywords, open: (*parser).openProxy},
	"listen":      {in: inListen, keywords: proxyKeywords, open: (*parser).openProxy},
	"backend":     {in: inBackend, keywords: proxyKeywords, open: (*parser).openProxy},
	"userlist":    {in: inUserlist, keywords: userlistKeywords, open: openUserlist, close: closeUserlist},
	"http-errors": {in: inHTTPErrors, keywords: httpErrorsKeywords, open: openHTTPErrors},
	"cache":       {in: inCache, keywords: cacheKeywords, open: openCache, close: closeCache},
	"ring":        {in: inRing, keywords: ringKeywords, open: openRing, close: closeRing},
	"resolvers":   {in: inResolvers, keywords: resolversKeywords, open: openResolvers},
	"log-forward": {in: inLogForward, keywords: logForwardKeywords, open: openLogForward},
	"mailers":     {in: inMailers, keywords: mailersKeywords, open: openMailers},
	"program":     {in: inProgram, keywords: programKeywords, open: openProgram},

	// Without these the traffic would not be what the configuration asks for.
	"peers":    {in: inPeers, support: Refused},
	"fcgi-app": {in: inFCGIApp, support: Refused},
}

// global
func openGlobal(p *parser, header syntax.Statement) bool {
	p.tooMany(header, 0)
	return true
}

// validName reports what is wrong with the name of a section, if anything is.
func (p *parser) validName(header syntax.Statement) bool {
	c := invalidNameByte(header.Argument(0))
	if c != 0 {
		p.failf(header, "character '%c' is not permitted in '%s' name '%s'.", c, header.Keyword(), header.Argument(0))
	}
	return c == 0
}

// last returns a pointer to the last element, which is the one that the statements at hand add to.
func last[T any](list []T) *T { return &list[len(list)-1] }

// named returns the index of the element with the name, or -1.
func named[T any](list []T, name string, of func(*T) string) int {
	for i := range list {
		if of(&list[i]) == name {
			return i
		}
	}
	return -1
}
