package peer;

import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.openid.connect.sdk.AuthenticationErrorResponse;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.AuthenticationResponseParser;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Nimbus's SDK as its examples have the code flow. From the environment: ISSUER, CLIENT_ID, CLIENT_SECRET, ORIGIN, REDIRECT, PORT. One
 * person at a time.
 */
public final class Application {
    private final OIDCProviderMetadata provider;
    private final ClientID id = new ClientID(System.getenv("CLIENT_ID"));
    private final Secret secret = new Secret(System.getenv("CLIENT_SECRET"));
    private final URI redirect = URI.create(System.getenv("REDIRECT"));
    private final IDTokenValidator validator;
    private State state;
    private Nonce nonce;
    private String sub;

    private Application() throws Exception {
        provider = OIDCProviderMetadata.resolve(new Issuer(System.getenv("ISSUER")));
        validator = new IDTokenValidator(provider.getIssuer(), id, com.nimbusds.jose.JWSAlgorithm.RS256,
            provider.getJWKSetURI().toURL());
    }

    public static void main(String[] arguments) throws Exception {
        Application application = new Application();
        int port = Integer.parseInt(System.getenv("PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", application::serve);
        server.start();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try {
            switch (exchange.getRequestURI().getPath()) {
                case "/login" -> redirect(exchange, login());
                case "/callback" -> {
                    callback(URI.create(System.getenv("ORIGIN") + exchange.getRequestURI()));
                    redirect(exchange, URI.create("/me"));
                }
                default -> say(exchange, sub == null ? 401 : 200, "{\"sub\":" + (sub == null ? null : '"' + sub + '"') + "}");
            }
        } catch (Exception failure) {
            say(exchange, 401, String.valueOf(failure.getMessage()));
        }
    }

    private URI login() {
        sub = null;
        state = new State();
        nonce = new Nonce();
        return new AuthenticationRequest.Builder(ResponseType.CODE, new Scope("openid"), id, redirect)
            .endpointURI(provider.getAuthorizationEndpointURI()).state(state).nonce(nonce).build().toURI();
    }

    private void callback(URI address) throws Exception {
        var answer = AuthenticationResponseParser.parse(address);
        if (!state.equals(answer.getState())) {
            throw new IllegalStateException("another state");
        }
        if (answer instanceof AuthenticationErrorResponse refused) {
            throw new IllegalStateException(refused.getErrorObject().toString());
        }
        AuthorizationCode code = answer.toSuccessResponse().getAuthorizationCode();
        TokenRequest request = new TokenRequest.Builder(provider.getTokenEndpointURI(), new ClientSecretBasic(id, secret),
            new AuthorizationCodeGrant(code, redirect)).build();
        var tokens = OIDCTokenResponseParser.parse(request.toHTTPRequest().send());
        if (!(tokens instanceof OIDCTokenResponse good)) {
            throw new IllegalStateException(tokens.toErrorResponse().getErrorObject().toString());
        }
        var claims = validator.validate(good.getOIDCTokens().getIDToken(), nonce);
        var userinfo = UserInfoResponse.parse(new UserInfoRequest(provider.getUserInfoEndpointURI(),
            good.getOIDCTokens().getBearerAccessToken()).toHTTPRequest().send());
        if (!claims.getSubject().equals(userinfo.toSuccessResponse().getUserInfo().getSubject())) {
            throw new IllegalStateException("another person");
        }
        sub = claims.getSubject().getValue();
    }

    private static void redirect(HttpExchange exchange, URI address) throws IOException {
        exchange.getResponseHeaders().set("location", address.toString());
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    private static void say(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
