// The API as journeys use it to prepare what they need: sign-in, products of their own, officials' decisions.
// Refuses to go on after an unexpected answer.
import { randomUUID } from "node:crypto";
import { expect, request, type APIRequestContext } from "@playwright/test";
import { PASSWORD } from "./page";

export interface Product {
  id: string;
  code: string | null;
  state: string;
  revision: number;
  title: string;
  secret?: string;
}

/** Somebody who is signed in and asks the API. */
export class Caller {
  private constructor(
    private readonly context: APIRequestContext,
    private readonly token: string | undefined,
  ) {}

  /** Nobody. */
  static async anonymous(baseURL: string): Promise<Caller> {
    return new Caller(await request.newContext({ baseURL }), undefined);
  }

  /** An account. */
  static async signedIn(baseURL: string, email: string, password: string = PASSWORD): Promise<Caller> {
    const context = await request.newContext({ baseURL });
    const answer = await context.post("/api/v1/auth/login", { data: { email, password } });
    expect(answer.status(), await answer.text()).toBe(200);
    const { access_token } = (await answer.json()) as { access_token: string };
    return new Caller(context, access_token);
  }

  async send<T>(method: string, path: string, data?: unknown, revision?: number): Promise<T> {
    const answer = await this.context.fetch(`/api/v1${path}`, {
      method,
      data,
      headers: {
        ...(this.token === undefined ? {} : { Authorization: `Bearer ${this.token}` }),
        ...(revision === undefined ? {} : { "If-Match": `"${revision}"` }),
      },
    });
    expect(answer.status(), `${method} ${path}: ${await answer.text()}`).toBeLessThan(300);
    return (await answer.json()) as T;
  }

  /** Opens an account; its address is not verified. */
  async register(email: string, password: string, displayName: string): Promise<void> {
    const data = { email, password, display_name: displayName };
    const answer = await this.context.post("/api/v1/auth/register", { data });
    expect(answer.status(), await answer.text()).toBe(202);
  }

  read(id: string): Promise<Product> {
    return this.send("GET", `/products/${id}`);
  }

  /** A draft that may be sent as it is. */
  draftProduct(title: string): Promise<Product> {
    return this.send("POST", "/products", completeDraft(title));
  }

  async event(id: string, event: string, reason?: string): Promise<Product> {
    const { revision } = await this.read(id);
    return this.send("POST", `/products/${id}/events`, { event, reason }, revision);
  }

  /** A submission with its code and secret. */
  async submittedProduct(title: string): Promise<Product> {
    const draft = await this.draftProduct(title);
    return this.event(draft.id, "submit");
  }

  /** As an intake officer: asks the submitter about who owns it. */
  async askForInformation(id: string, note: string): Promise<void> {
    const { revision } = await this.read(id);
    const items = [{ code: "owner_identified", verdict: "ask", note }];
    await this.send("PUT", `/products/${id}/eligibility`, { items }, revision);
    await this.event(id, "request_information", note);
  }
}

/** A title that no other journey has. */
export function uniqueTitle(words: string): string {
  return `${words} ${randomUUID().slice(0, 8)}`;
}

/** Everything that is needed before a draft may be sent. */
export function completeDraft(title: string): Record<string, unknown> {
  return {
    title,
    kind: "product",
    domain: "innovation",
    sectors: ["agriculture"],
    maturity: "new",
    trl: 6,
    province_code: "92",
    summary: "Báo độ mặn của từng thửa ruộng qua tin nhắn cho người trồng lúa tôm.",
    problem: "Trạm quan trắc ở xa, độ mặn đổi từng giờ.",
    description: "Đầu đo tự làm sạch, bù nhiệt trên mạch, chỉ gửi khi có thay đổi đáng kể. ".repeat(3),
    novelty: "Thiết bị tự học chu kỳ triều của từng con kênh.",
    effect: "Giảm 38 % số lần lấy nước hỏng.",
    owner: {
      type: "organisation",
      name: "Công ty TNHH Công nghệ Đồng Bưng",
      tax_code: "0312345678",
      contact: { name: "Nguyễn Thị Lan", email: "lan@dong-bung.example", phone: "0900000012", address: "" },
    },
    consent: true,
  };
}
