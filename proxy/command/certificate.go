package command

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"tidelock/proxy/runtime"
	"tidelock/proxy/tlsconfig"
)

// Certificates returns the commands about the files of TLS: they are replaced in transactions, and what is committed holds
// for the handshakes that follow.
func Certificates(files *tlsconfig.Files) []runtime.Command {
	var all []runtime.Command
	for i := range fileKinds {
		t := &transactions{fileKind: &fileKinds[i], files: files}
		all = append(all, t.commands()...)
	}
	return append(all, ticketKeys(files)...)
}

// fileKind is a kind of file with the words of its commands.
type fileKind struct {
	kind                                 tlsconfig.Kind
	name                                 string // in commands: "cert"
	argument                             string // in help: "<certfile>"
	help, list                           string // what help says of it, and of the list of them
	payload, is, file, created, existing string // in messages
	commitName                           string // that the error of commit names
	show                                 func(t *transactions, c *runtime.Call, path string)
}

var fileKinds []fileKind

func init() {
	fileKinds = []fileKind{
		{
			kind: tlsconfig.Certificates, name: "cert", argument: "<certfile>", help: "certificate file", list: "display the SSL certificates used in memory, or the details of a file",
			payload: "a certificate", is: "certificate", file: "certificate", created: "New empty certificate store '%s'!", existing: "Certificate",
			commitName: "cert", show: (*transactions).showCertificate,
		},
		{
			kind: tlsconfig.Authorities, name: "ca-file", argument: "<cafile>", help: "CA file", list: "display the SSL CA files used in memory, or the details of a <cafile>, or a single certificate of index <index> of a CA file <cafile>",
			payload: "CAs", is: "CA", file: "CA file", created: "New CA file created '%s'!", existing: "CA file", commitName: "ca-file",
			show: (*transactions).showAuthorities,
		},
		{
			kind: tlsconfig.Revocations, name: "crl-file", argument: "<crlfile>", help: "CRL file", list: "display the SSL CRL files used in memory, or the details of a <crlfile>, or a single CRL of index <index> of CRL file <crlfile>",
			payload: "CRLs", is: "CRL", file: "CRL file", created: "New CRL file created '%s'!", existing: "CRL file", commitName: "ca-file",
			show: (*transactions).showRevocations,
		},
	}
}

// transactions is one kind of file with the replacement that is being prepared, at most one at a time.
type transactions struct {
	*fileKind
	files *tlsconfig.Files

	mu   sync.Mutex
	path string // that the replacement is of; "" for none. Guarded by mu
	// What it consists of; guarded by mu. The key and what lies beside it belong to certificates.
	content, key []byte
	beside       map[string][]byte // by ending
}

func (t *transactions) commands() []runtime.Command {
	row := func(verb, arguments, help string, run func(*runtime.Call)) runtime.Command {
		return runtime.Command{
			Words: verb + " ssl " + t.name, Usage: verb + " ssl " + t.name + " " + arguments, Help: help, Level: runtime.Admin,
			Run: func(c *runtime.Call) {
				t.mu.Lock()
				defer t.mu.Unlock()
				run(c)
			},
		}
	}
	create := "create a new " + t.help + " to be used in a crt-list"
	if t.kind == tlsconfig.Certificates {
		create += " or a directory"
	}
	article := "a "
	show := row("show", "["+t.argument+"]", t.list, t.showFiles)
	show.Level = runtime.Operator
	return []runtime.Command{
		row("abort", t.argument, "abort a transaction for "+article+t.help, t.abort),
		row("commit", t.argument, "commit "+article+t.help, t.commit),
		row("del", t.argument, "delete an unused "+t.help, t.remove),
		row("new", t.argument, create, t.create),
		row("set", t.argument+" <payload>", "replace "+article+t.help, t.set),
		show,
	}
}

// endings are what names of files that lie beside a certificate end with; a payload for one changes that part.
var endings = []string{".key", ".ocsp", ".issuer", ".sctl"}

// set ssl { cert | ca-file | crl-file } <file> <payload>
func (t *transactions) set(c *runtime.Call) {
	path := c.Arg(0)
	if path == "" || !c.HasPayload {
		c.Fail("'set ssl %s expects a filename and %s as a payload", t.name, t.payload)
		return
	}
	ending := ""
	if _, there := t.files.Used(t.kind, path); !there && t.kind == tlsconfig.Certificates {
		for _, e := range endings {
			if base, found := strings.CutSuffix(path, e); found {
				path, ending = base, e
			}
		}
	}
	if _, there := t.files.Used(t.kind, path); !there {
		c.Fail("Can't replace a %s which is not referenced by the configuration!\nCan't update %s!", t.file, c.Arg(0))
		return
	}
	if t.path != "" && t.path != path {
		c.Fail("The ongoing transaction is about '%s' but you are trying to set '%s'\nCan't update %s!", t.path, path, path)
		return
	}
	word := "updated"
	if t.path == "" {
		word = "created"
	}
	if !t.take(c, path, ending) {
		return
	}
	if t.kind == tlsconfig.Certificates {
		c.Report("Transaction %s for certificate %s!", word, path)
		return
	}
	c.Report("transaction %s for %s %s!", word, t.is, path)
}

// take makes a payload part of the transaction, and reports whether it could be read.
func (t *transactions) take(c *runtime.Call, path, ending string) bool {
	payload := []byte(c.Payload)
	refuse := func(why string) bool {
		c.Fail("%s\nCan't update %s!", why, path)
		return false
	}
	switch {
	case t.kind == tlsconfig.Authorities && len(tlsconfig.ParseCertificates(payload)) == 0,
		t.kind == tlsconfig.Revocations && len(tlsconfig.ParseRevocations(payload)) == 0:
		return refuse("Invalid payload")
	case t.kind != tlsconfig.Certificates:
		t.content = payload
	case ending == "":
		certificates, key := tlsconfig.Parts(payload)
		if len(tlsconfig.ParseCertificates(certificates)) == 0 {
			return refuse("unable to load certificate from file '" + path + "'.\nCan't load the payload")
		}
		t.content, t.key = certificates, key
	default:
		if t.path == "" {
			t.content, t.key = t.certificate(path)
		}
		if ending != ".key" {
			if t.beside == nil {
				t.beside = map[string][]byte{}
			}
			t.beside[ending] = payload
			break
		}
		if _, t.key = tlsconfig.Parts(payload); t.key == nil {
			return refuse("unable to load private key from file '" + path + "'.\nCan't load the payload")
		}
	}
	t.path = path
	return true
}

// certificate returns what a file has now: its certificates and the key, from wherever.
func (t *transactions) certificate(path string) (certificates, key []byte) {
	content, _ := t.files.ReadFile(path)
	certificates, key = tlsconfig.Parts(content)
	if key == nil {
		content, _ = t.files.ReadFile(path + ".key")
		_, key = tlsconfig.Parts(content)
	}
	return certificates, key
}

// commit ssl { cert | ca-file | crl-file } <file>
func (t *transactions) commit(c *runtime.Call) {
	path := c.Arg(0)
	switch {
	case path == "":
		c.Fail("'commit ssl %s expects a filename", t.commitName)
		return
	case t.path == "":
		c.Fail("No ongoing transaction! !\nCan't commit %s!", path)
		return
	case t.path != path:
		c.Fail("The ongoing transaction is about '%s' but you are trying to set '%s'\nCan't commit %s!", t.path, path, path)
		return
	}
	contents := map[string][]byte{path: t.content}
	if t.kind == tlsconfig.Certificates {
		switch {
		case t.key == nil || t.content == nil:
			c.Fail("The transaction must contain at least a certificate and a private key!\nCan't commit %s!", path)
			return
		case errors.Is(tlsconfig.Match(t.content, t.key), tlsconfig.ErrMismatch):
			c.Fail("inconsistencies between private key and certificate loaded '%s'.\nCan't commit %s!", path, path)
			return
		}
		contents[path] = slices.Concat(t.content, t.key)
		for ending, content := range t.beside {
			contents[path+ending] = content
		}
	}
	users, err := t.files.Replace(contents)
	if err != nil {
		c.Fail("%s\nCan't commit %s!", err, path)
		return
	}
	t.forget()
	c.Report("Committing %s%s\nSuccess!", path, strings.Repeat(".", users))
}

func (t *transactions) forget() { t.path, t.content, t.key, t.beside = "", nil, nil, nil }

// abort ssl { cert | ca-file | crl-file } <file>
func (t *transactions) abort(c *runtime.Call) {
	switch path := c.Arg(0); {
	case path == "":
		c.Fail("'abort ssl %s' expects a filename", t.name)
	case t.path == "":
		c.Fail("No ongoing transaction!")
	case t.path != path:
		c.Fail("The ongoing transaction is about '%s' but you are trying to abort a transaction for '%s'", t.path, path)
	default:
		t.forget()
		c.Report("Transaction aborted for certificate '%s'!", path)
	}
}

// new ssl { cert | ca-file | crl-file } <file>
func (t *transactions) create(c *runtime.Call) {
	switch path := c.Arg(0); {
	case path == "":
		c.Fail("'new ssl %s' expects a filename", t.name)
	case !t.files.Create(t.kind, path):
		c.Fail("%s '%s' already exists!", t.existing, path)
	default:
		c.Report(t.created, path)
	}
}

// del ssl { cert | ca-file | crl-file } <file>
func (t *transactions) remove(c *runtime.Call) {
	path := c.Arg(0)
	used, there := t.files.Used(t.kind, path)
	switch {
	case path == "":
		c.Fail("'del ssl %s' expects a %s name", t.name, t.file)
	case !there:
		c.Fail("Can't remove the %s: %s '%s' doesn't exist!", t.file, t.file, path)
		c.Printf("\n")
	case used || t.path == path:
		c.Fail("Can't remove the %s: %s '%s' in use, can't be deleted!", t.file, t.file, path)
		c.Printf("\n")
	default:
		t.files.Remove(t.kind, path)
		c.Report("%s '%s' deleted!", t.existing, path)
	}
}
