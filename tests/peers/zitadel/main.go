// zitadel/oidc's relying party as its example has it: discovery, its cookie handler, AuthURLHandler and CodeExchangeHandler. From the
// environment: ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT, PORT. `WithUnsecure` is its switch for plain HTTP.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/zitadel/oidc/v3/pkg/client/rp"
	httphelper "github.com/zitadel/oidc/v3/pkg/http"
	"github.com/zitadel/oidc/v3/pkg/oidc"
)

const cookie = "peer"

var sessions sync.Map

func main() {
	key := []byte("only-for-the-rig")
	cookies := httphelper.NewCookieHandler(key, key, httphelper.WithUnsecure())
	party, err := rp.NewRelyingPartyOIDC(context.Background(), os.Getenv("ISSUER"), os.Getenv("CLIENT_ID"),
		os.Getenv("CLIENT_SECRET"), os.Getenv("REDIRECT"), []string{oidc.ScopeOpenID},
		rp.WithCookieHandler(cookies), rp.WithVerifierOpts(rp.WithIssuedAtOffset(5*time.Second)))
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/login", rp.AuthURLHandler(func() string { return uuid.New().String() }, party))
	http.Handle("/callback", rp.CodeExchangeHandler(rp.UserinfoCallback(signedIn), party))
	http.HandleFunc("/me", me)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}

func signedIn(w http.ResponseWriter, r *http.Request, _ *oidc.Tokens[*oidc.IDTokenClaims], _ string, _ rp.RelyingParty,
	info *oidc.UserInfo) {
	session := uuid.New().String()
	sessions.Store(session, info.Subject)
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: session, Path: "/", HttpOnly: true})
	http.Redirect(w, r, "/me", http.StatusFound)
}

func me(w http.ResponseWriter, r *http.Request) {
	var sub any
	if session, err := r.Cookie(cookie); err == nil {
		sub, _ = sessions.Load(session.Value)
	}
	if sub == nil {
		w.WriteHeader(http.StatusUnauthorized)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"sub": sub})
}
