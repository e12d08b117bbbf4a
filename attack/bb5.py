import re,http.server,threading,json,subprocess,os,time,base64,urllib.request,urllib.parse,uuid,sys
J=[];ST={}
class V(http.server.BaseHTTPRequestHandler):
    def log_message(s,*a):pass
    def out(s,o,c=200):
        b=json.dumps(o).encode();s.send_response(c);s.send_header('content-type','application/json');s.send_header('content-length',str(len(b)));s.end_headers();s.wfile.write(b)
    def do_POST(s):
        b=json.loads(s.rfile.read(int(s.headers['content-length'])));r=str(uuid.uuid4());b['ref']=r;J.append(b);ST[r]='PENDING'
        s.out({'timestamp':'2026-11-30T10:00:00.000Z','transactionReference':r,'redirectUrl':'http://localhost:9801/go/'+r})
    def do_GET(s):
        p=s.path.split('/');r=p[5]
        if len(p)>6:
            ok=ST[r]=='OK'
            s.out({'scanReference':r,'timestamp':'2026-11-30T10:00:00.000Z','document':{'status':'APPROVED_VERIFIED','type':'PASSPORT','issuingCountry':'DEU','firstName':'ADA','lastName':'LOVELACE','dob':'1985-12-10'},'transaction':{'status':'DONE','merchantReportingCriteria':'workflow-200','date':'2026-11-30T10:00:00.000Z'},'verification':{'mrzCheck':'OK','identityVerification':{'similarity':'MATCH','validity':'TRUE'}}})
        else: s.out({'scanReference':r,'status':'DONE' if ST[r]=='OK' else ST[r],'timestamp':'2026-11-30T10:00:00.000Z'})
srv=http.server.ThreadingHTTPServer(('127.0.0.1',9801),V);threading.Thread(target=srv.serve_forever,daemon=True).start()
subprocess.run("openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -days 400 -subj /CN=x",shell=True,stderr=subprocess.DEVNULL)
SEC='a'*20+'B_-'+'c'*20
e=dict(os.environ)
e.update({'FUNCTIONS_CUSTOMHANDLER_PORT':'9802','AppSettings:PublicUrl':'http://localhost:9802','AppSettings:SigningCert':open('k.pem').read()+open('c.pem').read(),
'AppSettings:StateKey':base64.b64encode(os.urandom(32)).decode(),'FactStore:Location':'file:'+os.getcwd()+'/facts','AppSettings:LogLevel':'trace','Verification:MaxStarts':'1','Verification:MaxAttempts':'1','Verification:AuthorizationLifeSeconds':'300','JumioSettings:AuthUsername':'u','JumioSettings:AuthPassword':'p'*20,
'JumioSettings:UserAgent':'Example-Bank idv/1.0','JumioSettings:Api':'netverify','JumioSettings:BaseUrl':'http://localhost:9801','JumioSettings:NetverifyWorkflow':'200',
'AppSettings:IdTokenSigningKey':'s'*64,'AppSettings:IdTokenEncryptionKey':'e'*63+'f','AppSettings:IdTokenIssuer':'iss1','AppSettings:IdTokenAudience':'aud1','AppSettings:BaseRedirectUrl':'https://contoso.b2clogin.example/contoso.example',
'Sample:BaseSecret':SEC,'Sample:Clients:0:Id':'app-1','Sample:Clients:0:RedirectUris':'https://one.example/cb','Sample:Clients:1:Id':'app-2','Sample:Clients:1:RedirectUris':'https://two.example/cb','Sample:ReturnWithinSeconds':os.environ.get('RW','60')})
log=open('h5.log','w');e['RUST_BACKTRACE']='0'
h=subprocess.Popen(['nice','-n','19','./h'],env=e,stdout=log,stderr=log)
B='http://localhost:9802'
class NR(urllib.request.HTTPRedirectHandler):
    def redirect_request(s,*a):return None
op=urllib.request.build_opener(NR)
def rq(m,u,body=None,h={},jar=None):
    if u.startswith('/'):u=B+u
    h=dict(h)
    if jar:h['Cookie']='; '.join(k+'='+v for k,v in jar.items())
    r=urllib.request.Request(u,data=body,method=m,headers=h)
    try:a=op.open(r,timeout=30)
    except urllib.error.HTTPError as x:a=x
    t=a.read().decode()
    if jar is not None:
        for c in a.headers.get_all('set-cookie') or []:
            k,v=c.split(';')[0].split('=',1);jar[k]=v
    return a.status if hasattr(a,'status') else a.code,a.headers.get('location') or '',t
try:
    for i in range(120):
        try:
            s=rq('GET','/')[0]
            if s==200:break
        except Exception:pass
        time.sleep(.5)
    def init(acc,c,app,uri):
        b=json.dumps({'ObjectId':acc,'CorrelationId':c,'ClientId':app,'RedirectUri':uri,'Scope':'openid','Policy':'B2C_1A_jumio_postUpload_AccountActivate'}).encode()
        for i in range(60):
            s,l,t=rq('POST',f'/api/jumio/{SEC}/api/Jumio/InitializeTransaction',b,{'content-type':'application/json'})
            if s==200:return json.loads(t)
            time.sleep(1)
        raise Exception((s,t))
    def enter(x,jar):
        u=x['redirectUrl']
        for i in range(6):
            s,l,t=rq('GET',u,None,{},jar)
            if '/consent' in l:
                page=l.split('?')[0];s,l2,t=rq('POST',page,b'action=begin',{'content-type':'application/x-www-form-urlencoded'},jar)
                u=page.replace('/consent','/continue?at=vendor');continue
            if l.startswith('/'):u=l;continue
            return s,l,t[:200]
        return s,l,t[:200]
    U1,U2='https://one.example/cb','https://two.example/cb'

    U1,U2='https://one.example/cb','https://two.example/cb'
    F={'content-type':'application/x-www-form-urlencoded'};JH={'content-type':'application/json'}
    def tok(acc,ref):
        s,l,t=rq('POST',f'/api/jumio/{SEC}/api/Jumio/InitializeVerification',json.dumps({'ObjectId':acc,'TransactionReference':ref}).encode(),JH);return json.loads(t)['verificationToken'] if s==200 else (s,t)
    def st(acc,x):
        return rq('POST','/api/Jumio/VerifyTransactionStatus',json.dumps({'VerificationToken':tok(acc,x['transactionReference'])}).encode(),JH)[2][-12:]

    print('--- N5: a changed name joins the open transaction; same browser')
    def init2(acc,c,app,uri,name):
        b=json.dumps({'ObjectId':acc,'CorrelationId':c,'ClientId':app,'RedirectUri':uri,'Scope':'openid','Policy':'B2C_1A_jumio_postUpload_AccountActivate','GivenName':name,'Surname':'Lovelace'}).encode()
        return json.loads(rq('POST',f'/api/jumio/{SEC}/api/Jumio/InitializeTransaction',b,JH)[2])
    init('w','w','app-1',U1)
    jar={};x=init2('secret-acc-5','c1','app-1',U1,'Bob');print(enter(x,jar)[1][:40]);y=init2('secret-acc-5','c2','app-2',U2,'Ada');print('other reference',x['transactionReference']!=y['transactionReference']);print(enter(y,jar)[1][:40],len(J))
    ST[J[-1]['ref']]='OK';r=rq('GET',J[-1]['successUrl'],None,{},jar);print(r[0],r[1][:60],'app-2' in r[1],y['transactionReference'] in r[1])
finally:
    h.terminate()
